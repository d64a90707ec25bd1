"""What became of a mail, as the database has it now."""


def state(mail):
    mail.refresh_from_db()
    return mail.state


def outcomes(mail):
    return [attempt.outcome for attempt in mail.attempts.all()]
