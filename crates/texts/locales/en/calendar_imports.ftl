# Mails to managers about calendars that the service cannot read.

calendar-import-failing = A calendar for { $resource } cannot be read
    .intro = The service has not been able to read this calendar of { $organization } for a day. The blocks of { $resource } stay as they were when it was read last. New events block nothing until it can be read again.
    .call = To see your next bookings:
    .outro = The service goes on trying. If the calendar has another address now, change it in the calendar import by the API, or delete the import.

label-imported-calendar = Calendar
