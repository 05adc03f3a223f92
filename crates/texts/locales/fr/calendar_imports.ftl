# Mails to managers about calendars that the service cannot read.

calendar-import-failing = Un calendrier pour { $resource } ne peut pas être lu
    .intro = Depuis un jour, le service n’a pas pu lire ce calendrier de { $organization }. Les blocages de { $resource } restent tels qu’ils étaient à la dernière lecture. Les nouveaux événements ne bloquent rien tant que le calendrier ne peut pas être lu.
    .call = Pour voir vos prochaines réservations :
    .outro = Le service continue d’essayer. Si le calendrier a maintenant une autre adresse, modifiez-la par l’API dans l’import de calendrier, ou supprimez l’import.
label-imported-calendar = Calendrier
