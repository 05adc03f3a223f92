# Mails to managers about calendars that the service cannot read.

calendar-import-failing = Een agenda voor { $resource } kan niet worden gelezen
    .intro = De dienst heeft deze agenda van { $organization } al een dag niet kunnen lezen. De blokkeringen van { $resource } blijven zoals ze waren toen de agenda het laatst werd gelezen. Nieuwe afspraken blokkeren niets totdat de agenda weer kan worden gelezen.
    .call = Uw volgende boekingen bekijken:
    .outro = De dienst blijft het proberen. Als de agenda nu een ander adres heeft, wijzig het dan via de API in de agenda-import, of verwijder de import.
label-imported-calendar = Agenda
