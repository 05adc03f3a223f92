# Mails about changes of what a user or an organization may do.

ownership-received = U bent nu eigenaar van { $organization }
    .intro = { $other } heeft { $organization } aan u overgedragen. Als eigenaar kiest u de leden en hun rollen, en wijzigt u de organisatie zelf.
    .call = De dienst openen:

ownership-given = { $organization } heeft een nieuwe eigenaar
    .intro = U hebt { $organization } aan { $other } overgedragen. U bent nu beheerder van { $organization }.
    .call = Was u dit niet, stel dan een nieuw wachtwoord in en vraag het de exploitant van de dienst. De dienst openen:

organization-suspended = { $organization } is geblokkeerd
    .intro = De exploitant van de dienst heeft { $organization } geblokkeerd. Het aanbod is verborgen, en er zijn geen nieuwe boekingen mogelijk. Bevestigde boekingen blijven, en facturen en betalingen gaan door.
    .call = De dienst openen:

organization-reinstated = { $organization } is niet meer geblokkeerd
    .intro = De exploitant van de dienst heeft { $organization } weer toegelaten. Het aanbod is weer zichtbaar, en nieuwe boekingen zijn mogelijk.
    .call = De dienst openen:

user-suspended = Uw account is geblokkeerd
    .intro = De exploitant van de dienst heeft uw account geblokkeerd. U kunt niet inloggen, en de API-sleutels die u hebt gemaakt werken niet.
    .call = Denkt u dat dit een vergissing is, vraag het dan de exploitant van de dienst:

user-reinstated = Uw account is niet meer geblokkeerd
    .intro = De exploitant van de dienst heeft uw account weer toegelaten. U kunt weer inloggen, en de API-sleutels die u hebt gemaakt werken weer.
    .call = De dienst openen:

second-factor-set = Een tweede factor beschermt uw account
    .intro = Vanaf nu is bij het inloggen naast het wachtwoord een code van uw authenticator nodig. Bewaar de herstelcodes waar u ze zonder authenticator vindt.
    .call = Was u dit niet, stel dan nu een nieuw wachtwoord in, en beëindig alle andere sessies. Open deze link:

second-factor-removed = De tweede factor van uw account is verwijderd
    .intro = Vanaf nu is het wachtwoord genoeg om in te loggen.
    .call = Was u dit niet, stel dan nu een nieuw wachtwoord in, en beëindig alle andere sessies. Open deze link:

identity-linked = U kunt met een ander account inloggen
    .intro = Uw account bij { $other } is gekoppeld: u kunt ermee inloggen.
    .call = Was u dit niet, stel dan nu een nieuw wachtwoord in, en beëindig alle andere sessies. Open deze link:

identity-unlinked = U kunt niet meer met een ander account inloggen
    .intro = Uw account bij { $other } is niet meer gekoppeld: u kunt er niet mee inloggen.
    .call = Was u dit niet, stel dan nu een nieuw wachtwoord in, en beëindig alle andere sessies. Open deze link:
