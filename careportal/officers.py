from django.contrib.admin import AdminSite


class OfficersSite(AdminSite):
    pass
