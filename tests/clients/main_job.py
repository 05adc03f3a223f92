"""The main job with the client of openapi-python-client."""

import os
import re
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from sharefloor import AuthenticatedClient, Client
from sharefloor.api.auth import login, register, verify_email
from sharefloor.api.bookings import cancel_booking, create_booking
from sharefloor.api.organizations import create_organization
from sharefloor.api.resources import create_resource
from sharefloor.api.sites import create_site
from sharefloor.models import (
    Booking,
    Credentials,
    MailedToken,
    NewBooking,
    NewOrganization,
    NewResourceInput,
    NewSite,
    Organization,
    Reason,
    Registration,
    Resource,
    Site,
    Tokens,
    User,
)

URL = os.environ["SERVICE_URL"]
MAILS = Path(os.environ["MAIL_DIR"])
PASSWORD = "correct horse battery staple"


def received(address: str, count: int) -> list[str]:
    for _ in range(100):
        texts = [path.read_bytes().decode() for path in sorted(MAILS.glob("*.eml"))]
        mails = [text for text in texts if f"\r\nTo: {address}\r\n" in text]
        if len(mails) >= count:
            return mails
        time.sleep(0.1)
    raise AssertionError(f"{address} has not got {count} mails")


def join(name: str) -> tuple[AuthenticatedClient, str, str]:
    email = f"{name.lower()}@python.example"
    anonymous = Client(base_url=URL)
    user = register.sync(client=anonymous, body=Registration(name=name, email=email, password=PASSWORD))
    assert isinstance(user, User), user
    code = re.search(r"\r\n([\w-]{43})\r\n", received(email, 1)[0])
    assert code is not None
    verified = verify_email.sync_detailed(client=anonymous, body=MailedToken(token=code.group(1)))
    assert verified.status_code == 204
    tokens = login.sync(client=anonymous, body=Credentials(email=email, password=PASSWORD))
    assert isinstance(tokens, Tokens), tokens
    client = AuthenticatedClient(base_url=URL, token=tokens.access_token)
    new = NewOrganization.from_dict({"kind": "firm", "name": f"{name} Works"})
    organization = create_organization.sync(client=client, body=new)
    assert isinstance(organization, Organization), organization
    return client, email, organization.id


host, host_email, host_organization = join("Hannah")
new_site = NewSite.from_dict({
    "name": "Main hall", "latitude": 51.5155, "longitude": -0.0922, "timezone": "UTC",
    "address": {"line1": "1 Foundry Lane", "city": "London", "postal_code": "E1 1AA", "country": "GB"},
})
site = create_site.sync(host_organization, client=host, body=new_site)
assert isinstance(site, Site), site
new_resource = NewResourceInput.from_dict({
    "kind": "machine", "name": "Python lathe", "category": "lathe", "status": "listed",
    "tariff": {"currency": "GBP", "rate": 1200, "per": "hour"},
})
resource = create_resource.sync(site.id, client=host, body=new_resource)
assert isinstance(resource, Resource), resource

customer, customer_email, customer_organization = join("Carl")
day = datetime.now(timezone.utc).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=7)
wish = NewBooking.from_dict({
    "organization_id": customer_organization, "resource_id": resource.id,
    "starts_at": day.isoformat(), "ends_at": (day + timedelta(hours=2)).isoformat(),
})
booking = create_booking.sync(client=customer, body=wish)
assert isinstance(booking, Booking), booking
assert (booking.status, booking.price.amount) == ("confirmed", 2400), booking
assert create_booking.sync_detailed(client=customer, body=wish).status_code == 409
assert len(received(customer_email, 2)) == len(received(host_email, 2)) == 2
cancelled = cancel_booking.sync(booking.id, client=customer, body=Reason.from_dict({}))
assert isinstance(cancelled, Booking) and cancelled.status == "cancelled", cancelled
print("openapi-python-client: the main job is done")
