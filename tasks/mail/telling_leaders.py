"""A draft waits for an approval → a mail to every leader with an account, with the page where it is answered."""

from datetime import datetime

from models.province.config import ProvinceConfig
from models.records.storage import Storage
from models.roles import Permission
from models.settings import Settings
from tasks.accounts.accounts import accounts
from tasks.mail.notifying import Delivery, Recipient, compose_waiting, mail_settings, send


def tell_leaders(
    config: ProvinceConfig, storage: Storage, settings: Settings, title: str, address: str, key: str, when: datetime
) -> list[Delivery]:
    """Tell whoever may approve; nobody where mail is off or no account has an address.

    Args:
        title: what is to be approved.
        address: of the page where it is answered.
        key: what tells this question from all others.
        when: the moment of writing, with zone.
    """
    mail = mail_settings(settings)
    with storage.reading() as session:
        known = accounts(session)
    leaders = [account for account in known if account.is_open and account.may(Permission.APPROVE) and account.email]
    if mail.host is None:
        return []
    letters = [
        compose_waiting(config, mail, Recipient(one.person, one.email), title, address, f"{key}.{one.login}", when)
        for one in leaders
    ]
    return send(letters, mail)
