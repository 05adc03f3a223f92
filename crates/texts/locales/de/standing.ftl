# Mails about changes of what a user or an organization may do.

ownership-received = Sie sind jetzt Inhaber von { $organization }
    .intro = { $other } hat Ihnen { $organization } übergeben. Als Inhaber bestimmen Sie die Mitglieder und ihre Rollen und ändern die Organisation selbst.
    .call = Dienst öffnen:

ownership-given = { $organization } hat einen neuen Inhaber
    .intro = Sie haben { $organization } an { $other } übergeben. Sie verwalten { $organization } jetzt als Manager.
    .call = Wenn Sie das nicht waren, setzen Sie ein neues Passwort und fragen Sie den Betreiber des Dienstes. Dienst öffnen:

organization-suspended = { $organization } ist gesperrt
    .intro = Der Betreiber des Dienstes hat { $organization } gesperrt. Die Angebote sind nicht sichtbar, und es gibt keine neuen Buchungen. Bestätigte Buchungen bleiben, Rechnungen und Zahlungen laufen weiter.
    .call = Dienst öffnen:

organization-reinstated = { $organization } ist nicht mehr gesperrt
    .intro = Der Betreiber des Dienstes hat { $organization } wieder zugelassen. Die Angebote sind wieder sichtbar, und neue Buchungen sind möglich.
    .call = Dienst öffnen:

user-suspended = Ihr Konto ist gesperrt
    .intro = Der Betreiber des Dienstes hat Ihr Konto gesperrt. Sie können sich nicht anmelden, und die API-Schlüssel, die Sie erstellt haben, funktionieren nicht.
    .call = Wenn Sie das für einen Irrtum halten, fragen Sie den Betreiber des Dienstes:

user-reinstated = Ihr Konto ist nicht mehr gesperrt
    .intro = Der Betreiber des Dienstes hat Ihr Konto wieder zugelassen. Sie können sich wieder anmelden, und die API-Schlüssel, die Sie erstellt haben, funktionieren wieder.
    .call = Dienst öffnen:

second-factor-set = Ein zweiter Faktor schützt Ihr Konto
    .intro = Von jetzt an braucht die Anmeldung außer dem Passwort einen Code Ihres Authenticators. Bewahren Sie die Wiederherstellungscodes dort auf, wo Sie sie ohne ihn finden.
    .call = Wenn Sie das nicht waren, setzen Sie jetzt ein neues Passwort und beenden Sie alle anderen Sitzungen. Öffnen Sie diesen Link:

second-factor-removed = Der zweite Faktor Ihres Kontos ist entfernt
    .intro = Von jetzt an genügt das Passwort zum Anmelden.
    .call = Wenn Sie das nicht waren, setzen Sie jetzt ein neues Passwort und beenden Sie alle anderen Sitzungen. Öffnen Sie diesen Link:

identity-linked = Sie können sich mit einem anderen Konto anmelden
    .intro = Ihr Konto bei { $other } ist verknüpft: Sie können sich damit anmelden.
    .call = Wenn Sie das nicht waren, setzen Sie jetzt ein neues Passwort und beenden Sie alle anderen Sitzungen. Öffnen Sie diesen Link:

identity-unlinked = Sie können sich nicht mehr mit einem anderen Konto anmelden
    .intro = Ihr Konto bei { $other } ist nicht mehr verknüpft: Sie können sich damit nicht anmelden.
    .call = Wenn Sie das nicht waren, setzen Sie jetzt ein neues Passwort und beenden Sie alle anderen Sitzungen. Öffnen Sie diesen Link:
