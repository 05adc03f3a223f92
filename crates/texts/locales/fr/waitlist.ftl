# Mails to those whose waitlist entry has ended without an offer.

wait-expired = Aucun créneau ne s’est libéré
    .intro = Vous étiez sur la liste d’attente pour { $resource } chez { $host }, mais aucun créneau ne s’est libéré à temps. Vous n’êtes plus sur la liste d’attente.
    .call = Pour chercher un autre créneau ou un autre lieu :

wait-withdrawn = Plus proposé
    .intro = Vous étiez sur la liste d’attente pour { $resource } chez { $host }, mais { $resource } ne vous est plus proposé. Vous n’êtes plus sur la liste d’attente.
    .call = Pour chercher un autre créneau ou un autre lieu :
