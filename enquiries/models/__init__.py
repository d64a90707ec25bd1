from enquiries.models.alert import Alert, AlertedOf
from enquiries.models.attachment import Attachment, AttachmentPiece
from enquiries.models.code import AddressCode, FollowCode, PartnerCode, Try
from enquiries.models.contact import AddressChange, ContactVersion, HowTold
from enquiries.models.correspondence import Message, ReplyTemplate
from enquiries.models.draft import Draft
from enquiries.models.enquiry import Enquiry
from enquiries.models.event import Event
from enquiries.models.export import Export, ExportPiece
from enquiries.models.feedback import DailyCount, Feedback
from enquiries.models.incoming import IncomingMail, IncomingPiece
from enquiries.models.intake_answer import IntakeAnswer
from enquiries.models.interest import Interest
from enquiries.models.mail import MailAttempt, OutgoingMail
from enquiries.models.mailbox import MailboxFolder
from enquiries.models.note import Note
from enquiries.models.outcome import OutcomeAnswer
from enquiries.models.outcome_file import OutcomeFile
from enquiries.models.outreach import Outreach
from enquiries.models.pulse import Pulse
from enquiries.models.referral import Attendance
from enquiries.models.report import Report
from enquiries.models.rights import RightsRequest
from enquiries.models.routing import RoutingRule
from enquiries.models.view import SavedView
from enquiries.models.wording import Wording

__all__ = [
    "AddressChange",
    "AddressCode",
    "Alert",
    "AlertedOf",
    "Attachment",
    "AttachmentPiece",
    "Attendance",
    "ContactVersion",
    "DailyCount",
    "Draft",
    "Enquiry",
    "Event",
    "Export",
    "ExportPiece",
    "Feedback",
    "FollowCode",
    "HowTold",
    "IncomingMail",
    "IncomingPiece",
    "IntakeAnswer",
    "Interest",
    "MailAttempt",
    "MailboxFolder",
    "Message",
    "Note",
    "OutcomeAnswer",
    "OutcomeFile",
    "OutgoingMail",
    "Outreach",
    "PartnerCode",
    "Pulse",
    "ReplyTemplate",
    "Report",
    "RightsRequest",
    "RoutingRule",
    "SavedView",
    "Try",
    "Wording",
]
