"""The officers' workspace: the list of enquiries, one enquiry on one page, the mails, the routing."""

from enquiries.admin.enquiries import EnquiryAdmin
from enquiries.admin.incoming import IncomingMailAdmin
from enquiries.admin.mails import OutgoingMailAdmin
from enquiries.admin.reply_templates import ReplyTemplateAdmin
from enquiries.admin.routing import RoutingRuleAdmin
from enquiries.admin.wording import WordingAdmin

__all__ = [
    "EnquiryAdmin",
    "IncomingMailAdmin",
    "OutgoingMailAdmin",
    "ReplyTemplateAdmin",
    "RoutingRuleAdmin",
    "WordingAdmin",
]
