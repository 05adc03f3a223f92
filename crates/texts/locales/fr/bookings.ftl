# Mails about bookings. The variables are described in the English texts.
#
# { operator-role } is a masculine noun that begins with a consonant, so that its articles are known.

-do-nothing = Vous n’avez rien à faire.

subject =
    { $scope ->
       *[one] { $word } : { $resource }, { $span }
        [several] { $word } : { $resource }, { $count } réservations
        [series] { $word } : { $resource }, { times } à partir du { $span }
        [group] { $word } : { $resource }, { $span }{ and-more }
    }

times =
    { $count ->
        [one] une fois
       *[other] { $count } fois
    }

and-more =
    { $others ->
        [0] { "" }
        [one] { " " }et { $others } autre
       *[other] { " " }et { $others } autres
    }

bookings-together =
    { $count ->
        [one] une réservation
       *[other] { $count } réservations
    }

of-the-group-are =
    { $count ->
        [one] une réservation est
       *[other] { $count } réservations sont
    }

# Stands in front of every `call`, so that a text mentions only entries that are attached.
calendar-update =
    { $update ->
       *[none] { "" }
        [enter] { $entries ->
            [one] L’événement pour votre agenda est joint.
           *[other] Les événements pour votre agenda sont joints.
        }
        [change] { $entries ->
            [one] Si la réservation est dans votre agenda, la pièce jointe l’y met à jour.
           *[other] Les pièces jointes mettent à jour les réservations dans votre agenda.
        }
        [remove] { $entries ->
            [one] La pièce jointe retire la réservation de votre agenda.
           *[other] Les pièces jointes retirent les réservations de votre agenda.
        }
    }

# The title of the calendar entry of a host, who has many customers.
calendar-title-of-host = { $resource }, { $customer }

see-or-cancel =
    { $changeable ->
       *[always] voir ou annuler la réservation
        [until] voir ou annuler la réservation (jusqu’au { $until })
        [no_more] voir la réservation
    }

see-reschedule-or-cancel =
    { $changeable ->
       *[always] voir, déplacer ou annuler la réservation
        [until] voir, déplacer ou annuler la réservation (jusqu’au { $until })
        [no_more] voir la réservation
    }

choose-operator-or-cancel =
    { $changeable ->
       *[always] choisir un autre { operator-role } ou annuler la réservation
        [until] choisir un autre { operator-role } ou annuler la réservation (jusqu’au { $until })
        [no_more] choisir un autre { operator-role }
    }

# The role of the member of the customer that comes: a machine has an operator, a space has not.
operator-role =
    { $role ->
       *[operator] conducteur de machine
        [on_site] responsable sur place
    }

# This member, by name if the name is known.
operator-name =
    { $operator ->
        [none] La personne
       *[other] { $operator }
    }

## Requests

requested-customer = Demande envoyée
    .intro =
        { $scope ->
           *[one] Vous avez demandé { $resource } à { $host }. Le créneau est retenu pour vous jusqu’à la réponse de { $host }.
            [series] Vous avez demandé { $resource } à { $host } ({ times }). Les créneaux sont retenus pour vous jusqu’à la réponse de { $host }.
            [group] Vous avez demandé { bookings-together } ensemble. Les créneaux sont retenus pour vous jusqu’à la réponse des prestataires.
        }
    .call =
        { $scope ->
           *[one] Vous n’avez rien à faire maintenant. Nous vous enverrons un e-mail quand le prestataire répondra. Pour voir ou retirer la demande :
            [series] Vous n’avez rien à faire maintenant. Nous vous enverrons un e-mail quand le prestataire répondra. Pour voir ou retirer les demandes :
            [group] Vous n’avez rien à faire maintenant. Nous vous enverrons un e-mail quand un prestataire répondra. Pour voir ou retirer les demandes :
        }

requested-host = Réponse attendue
    .intro =
        { $scope ->
           *[one] { $customer } demande à réserver { $resource }. Le créneau est retenu pour { $customer } jusqu’à votre réponse.
            [series] { $customer } demande à réserver { $resource } ({ times }). Les créneaux sont retenus pour { $customer } jusqu’à votre réponse.
            [group] { $customer } demande { bookings-together } ensemble. Les créneaux sont retenus pour { $customer } jusqu’à votre réponse.
        }
    .call =
        { $scope ->
           *[one] Approuvez ou refusez la demande ici :
            [series] Approuvez ou refusez les demandes ici, ensemble ou une par une :
            [group] Approuvez ou refusez les demandes ici, ensemble ou une par une :
        }

request_rescheduled-customer = Déplacement
    .intro =
        { $by ->
           *[customer] Votre demande à { $host } pour { $resource } a changé. Le créneau est retenu pour vous jusqu’à la réponse de { $host }.
            [host] { $host } a modifié votre demande pour { $resource }. Le créneau est retenu pour vous jusqu’à la réponse de { $host }.
        }
    .call = Vous n’avez rien à faire maintenant. Nous vous enverrons un e-mail quand le prestataire répondra. Pour voir ou retirer la demande :

request_rescheduled-host = Réponse attendue
    .intro = { $customer } a modifié une demande pour { $resource }. Le créneau est retenu pour { $customer } jusqu’à votre réponse.
    .call = Approuvez ou refusez la demande ici :

partly_requested-customer = Réservation
    .intro = Vous avez fait { bookings-together } ensemble. Certaines sont des demandes qui attendent la réponse de leur prestataire. Tous les créneaux sont retenus pour vous.
    .call = Nous vous enverrons un e-mail quand un prestataire répondra. Pour voir, déplacer ou annuler les réservations :

partly_requested-host = Réponse attendue
    .intro = { $customer } a fait { bookings-together } ensemble. Certaines sont des demandes ; leurs créneaux sont retenus pour { $customer } jusqu’à votre réponse.
    .call = Approuvez ou refusez les demandes ici, ensemble ou une par une :

declined-customer = Demande refusée
    .intro =
        { $scope ->
           *[one] { $host } a refusé votre demande pour { $resource }.
            [series] { $host } a refusé vos demandes pour { $resource }.
            [group] Vous avez fait plusieurs réservations ensemble ; { $count ->
                [one] l’une d’elles a été refusée
               *[other] { $count } d’entre elles ont été refusées
            }.
        }
    .call =
        { $scope ->
           *[one] Pour chercher un autre créneau ou un autre lieu :
            [series] Pour voir les autres réservations de la série et chercher d’autres créneaux :
            [group] Pour voir les autres réservations et chercher d’autres créneaux :
        }

declined-host = Demande refusée
    .intro =
        { $scope ->
           *[one] La demande de { $customer } pour { $resource } est refusée. Le créneau peut de nouveau être réservé.
            [series] Les demandes de { $customer } pour { $resource } sont refusées. Les créneaux peuvent de nouveau être réservés.
            [group] { $customer } a fait plusieurs réservations ensemble ; { of-the-group-are } { $count ->
                [one] refusée
               *[other] refusées
            }. Les créneaux peuvent de nouveau être réservés.
        }
    .call =
        { $scope ->
           *[one] Nous avons informé { $customer }. Vous n’avez rien à faire. Pour voir la demande :
            [series] Nous avons informé { $customer }. Vous n’avez rien à faire. Pour voir les autres réservations de la série :
            [group] Nous avons informé { $customer }. Vous n’avez rien à faire. Pour voir les autres réservations :
        }

expired-customer = Sans réponse
    .intro =
        { $scope ->
           *[one] { $host } n’a pas répondu à temps à votre demande pour { $resource }. Le créneau n’est plus retenu pour vous.
            [series] { $host } n’a pas répondu à temps à vos demandes pour { $resource }. Les créneaux ne sont plus retenus pour vous.
            [group] Vous avez fait plusieurs réservations ensemble. Le prestataire n’a pas répondu à temps à { $count ->
                [one] l’une d’elles
               *[other] { $count } d’entre elles
            }. Les créneaux ne sont plus retenus pour vous.
        }
    .call =
        { $scope ->
           *[one] Pour chercher un autre créneau ou un autre lieu :
            [series] Pour voir les autres réservations de la série et chercher d’autres créneaux :
            [group] Pour voir les autres réservations et chercher d’autres créneaux :
        }

expired-host = Sans réponse
    .intro =
        { $scope ->
           *[one] Personne n’a répondu à temps à la demande de { $customer } pour { $resource }. Le créneau peut de nouveau être réservé.
            [series] Personne n’a répondu à temps aux demandes de { $customer } pour { $resource }. Les créneaux peuvent de nouveau être réservés.
            [group] { $customer } a fait plusieurs réservations ensemble. Personne n’a répondu à temps à { $count ->
                [one] l’une d’elles
               *[other] { $count } d’entre elles
            }. Les créneaux peuvent de nouveau être réservés.
        }
    .call =
        { $scope ->
           *[one] Nous avons informé { $customer }. Pour voir la demande :
            [series] Nous avons informé { $customer }. Pour voir les autres réservations de la série :
            [group] Nous avons informé { $customer }. Pour voir les autres réservations :
        }

## Holds

payment_due-customer = Paiement attendu
    .intro =
        { $scope ->
           *[one] { $resource } chez { $host } est retenu pour vous pour une durée limitée. Vous devez payer avant que { $host } confirme la réservation.
            [series] { $resource } chez { $host } est retenu pour vous pour une durée limitée ({ times }). Vous devez payer avant que { $host } confirme les réservations.
            [group] Vous avez fait { bookings-together } ensemble. Leurs créneaux sont retenus pour vous pour une durée limitée ; toute réservation qui n’est pas confirmée d’ici là expire.{ confirm-rest }
        }
    .call =
        { $scope ->
           *[one] Payez à temps. Le prestataire confirme la réservation quand votre paiement est arrivé, et nous vous enverrons un e-mail. Pour voir ou annuler la réservation :
            [series] Payez à temps. Le prestataire confirme les réservations quand votre paiement est arrivé. Pour voir ou annuler les réservations :
            [group] Pour voir les réservations, confirmer les vôtres ou les annuler :
        }

# Which bookings of a group still wait, and for whom; stands after a sentence.
confirm-rest =
    { $payment ->
        [all] { " " }Le prestataire confirme une réservation à payer d’avance quand votre paiement est arrivé.
        [some] { " " }Le prestataire confirme une réservation à payer d’avance quand votre paiement est arrivé. Vous devez confirmer les autres vous-même.
        [unpaid] { " " }Vous devez confirmer les autres vous-même.
       *[none] { "" }
    }

payment_due-host = Paiement attendu
    .intro =
        { $scope ->
           *[one] { $customer } veut réserver { $resource } et doit d’abord payer. Le créneau est retenu pour { $customer } pour une durée limitée.
            [series] { $customer } veut réserver { $resource } ({ times }) et doit d’abord payer. Les créneaux sont retenus pour { $customer } pour une durée limitée.
            [group] { $customer } a fait { bookings-together } ensemble et doit d’abord payer. Les créneaux sont retenus pour { $customer } pour une durée limitée.
        }
    .call =
        { $scope ->
           *[one] Confirmez la réservation ici quand le paiement est arrivé. Si vous ne la confirmez pas à temps, elle expire :
            [series] Confirmez les réservations ici quand le paiement est arrivé. Si vous ne les confirmez pas à temps, elles expirent :
            [group] Confirmez les réservations ici quand leur paiement est arrivé. Si vous ne les confirmez pas à temps, elles expirent :
        }

payment_failed-customer = Pas encore payée
    .intro = { $host } a confirmé votre réservation de { $resource }, mais votre banque a refusé le paiement avec la carte enregistrée ou veut que vous vous identifiiez. La réservation vous est gardée pour un temps limité.
    .call = Payez à temps, avec la même carte ou une autre. Sinon, la réservation expire. Pour la payer ou l’annuler :

payment_failed-operator = Pas encore payée
    .intro = Le paiement pour { $resource }, que vous utilisez, a échoué. La réservation est gardée pour un temps limité, et sera de nouveau confirmée quand elle sera payée.
    .call = Nous vous écrirons quand elle sera payée. Pour voir la réservation :

payment_failed-host = Paiement échoué
    .intro = La banque de { $customer } a refusé le paiement pour { $resource } avec la carte enregistrée. La réservation n’est plus confirmée : le temps est gardé pour { $customer } pour une durée limitée.
    .call = Vous n’avez rien à faire. La réservation sera confirmée quand { $customer } aura payé par carte. Si { $customer } vous paie d’une autre façon, confirmez la réservation ici :

hold_rescheduled-customer = Déplacement
    .intro =
        { $by ->
            [host] { $host } a modifié la réservation de { $resource } qui est retenue pour vous.
           *[customer] La réservation de { $resource } chez { $host } qui est retenue pour vous a changé.
        }
    .call =
        { $payment ->
            [none] Si vous voulez la réservation modifiée, confirmez-la à temps. Pour la confirmer ou l’annuler ici :
           *[all] Payez le nouveau prix à temps. Le prestataire confirme alors la réservation, et nous vous enverrons un e-mail. Pour voir ou annuler la réservation :
        }

hold_rescheduled-host = Paiement attendu
    .intro = { $customer } a modifié une réservation de { $resource } et doit d’abord payer. Le nouveau créneau est retenu pour { $customer } pour une durée limitée.
    .call = Confirmez la réservation ici quand son nouveau prix est payé. Si vous ne la confirmez pas à temps, elle expire :

hold_expired-customer =
    { $scope ->
       *[one] Créneau libéré
        [series] Créneaux libérés
        [several] Créneaux libérés
        [group] Sans confirmation
    }
    .intro =
        { $scope ->
           *[one] { $resource } chez { $host } n’est plus retenu pour vous, car la réservation n’a pas été confirmée à temps.
            [series] { $resource } chez { $host } n’est plus retenu pour vous, car les réservations n’ont pas été confirmées à temps.
            [several] { $resource } chez { $host } n’est plus retenu pour vous, car les réservations n’ont pas été confirmées à temps.
            [group] Vous avez fait plusieurs réservations ensemble ; { $count ->
                [one] l’une d’elles n’a pas été confirmée
               *[other] { $count } d’entre elles n’ont pas été confirmées
            } à temps. Les créneaux ne sont plus retenus pour vous.
        }
    .call =
        { $scope ->
           *[one] Pour chercher ce créneau ou un autre, ou un autre lieu :
            [series] Pour voir les autres réservations de la série et chercher d’autres créneaux :
            [several] Pour chercher ces créneaux ou d’autres, ou d’autres lieux :
            [group] Pour voir les autres réservations et chercher d’autres créneaux :
        }
    .outro =
        { $payment ->
            [none] { "" }
           *[all] Si vous avez déjà payé, contactez le prestataire.
        }

hold_expired-host =
    { $scope ->
       *[one] Sans paiement
        [series] Sans paiement
        [several] Sans paiement
        [group] Sans confirmation
    }
    .intro =
        { $scope ->
           *[one] { $resource } n’est plus retenu pour { $customer }, car personne n’a confirmé le paiement à temps.
            [series] { $resource } n’est plus retenu pour { $customer }, car personne n’a confirmé le paiement à temps.
            [several] { $resource } n’est plus retenu pour { $customer }, car personne n’a confirmé le paiement à temps.
            [group] { $customer } a fait plusieurs réservations ensemble ; { $count ->
                [one] l’une d’elles n’a pas été confirmée
               *[other] { $count } d’entre elles n’ont pas été confirmées
            } à temps. Les créneaux peuvent de nouveau être réservés.
        }
    .call =
        { $scope ->
           *[one] Nous avons informé { $customer }. Le créneau peut de nouveau être réservé. Pour voir la réservation :
            [series] Nous avons informé { $customer }. Les créneaux peuvent de nouveau être réservés. Pour voir les autres réservations de la série :
            [several] Nous avons informé { $customer }. Les créneaux peuvent de nouveau être réservés. Pour voir les réservations :
            [group] Nous avons informé { $customer }. Vous n’avez rien à faire. Pour voir les autres réservations :
        }

hold_cancelled-customer = Créneau libéré
    .intro =
        { $by ->
            [host] { $host } ne retient plus { $resource } pour vous.
           *[customer] Vous avez annulé la réservation de { $resource } chez { $host }. Le créneau n’est plus retenu pour vous.
        }
    .call = Vous n’avez rien à faire. Pour chercher un autre créneau ou un autre lieu :
    .outro =
        { $by ->
            [host] Si vous étiez sur la liste d’attente correspondante, vous n’y êtes plus. Vous pouvez vous y inscrire de nouveau.
           *[customer] { "" }
        }

hold_cancelled-host = Créneau libéré
    .intro = { $resource } n’est plus retenu pour { $customer }. Le créneau peut de nouveau être réservé.
    .call = Vous n’avez rien à faire. Pour voir la réservation :

hold_displaced-customer = Créneau libéré
    .intro =
        { $scope ->
           *[one] { $host } ne peut pas proposer { $resource } à un créneau qui était retenu pour vous. Le créneau n’est plus retenu pour vous.
            [several] { $host } ne peut pas proposer { $resource } à des créneaux qui étaient retenus pour vous. Les créneaux ne sont plus retenus pour vous.
        }
    .call = Pour chercher un autre créneau ou un autre lieu :
    .outro = Si vous étiez sur la liste d’attente correspondante, vous y êtes toujours.

## Offers

host_offer-customer = Offre pour vous
    .intro = { $host } vous propose { $resource } et retient le créneau pour vous pour une durée limitée.
    .call =
        { $payment ->
            [none] Si vous le voulez, confirmez à temps ; la réservation est alors confirmée. Pour confirmer ou annuler ici :
           *[all] Si vous le voulez, payez à temps. Le prestataire confirme la réservation quand votre paiement est arrivé. Pour voir ou annuler la réservation :
        }

host_offer-host = Paiement attendu
    .intro = Vous avez proposé { $resource } à { $customer }, qui doit d’abord payer. Le créneau est retenu pour { $customer } pour une durée limitée.
    .call = Confirmez la réservation ici quand le paiement est arrivé. Si vous ne la confirmez pas à temps, elle expire :

host_offer_expired-host = Offre non acceptée
    .intro =
        { $scope ->
           *[one] Vous avez proposé { $resource } à { $customer }. { $customer } n’a pas confirmé la réservation à temps ; le créneau n’est plus retenu.
            [several] Vous avez proposé { $resource } à { $customer }. { $customer } n’a pas confirmé les réservations à temps ; les créneaux ne sont plus retenus.
        }
    .call =
        { $scope ->
           *[one] Le créneau peut de nouveau être réservé. Pour voir la réservation :
            [several] Les créneaux peuvent de nouveau être réservés. Pour voir les réservations :
        }

waitlist_offer-customer = Un créneau est libre
    .intro = Vous êtes sur la liste d’attente pour { $resource } chez { $host }. Un créneau est libre, et il est retenu pour vous pour une durée limitée.
    .call =
        { $payment ->
           *[none] { $approval ->
                [yes] Si vous le voulez, confirmez à temps. Le prestataire doit ensuite approuver la réservation. Pour confirmer ou annuler ici :
               *[no] Si vous le voulez, confirmez à temps. Sinon, le créneau est proposé à la personne suivante sur la liste d’attente. Pour confirmer ou annuler ici :
            }
            [all] Si vous le voulez, payez à temps. Le prestataire confirme la réservation quand votre paiement est arrivé. Pour voir ou annuler la réservation :
        }

waitlist_offer-host = Paiement attendu
    .intro = { $customer } est sur la liste d’attente pour { $resource }. Un créneau est libre et retenu pour { $customer }, qui doit d’abord payer.
    .call = Confirmez la réservation ici quand le paiement est arrivé. Si vous ne la confirmez pas à temps, le créneau est proposé à la personne suivante sur la liste d’attente :

waitlist_offer_expired-customer = Offre expirée
    .intro = Vous étiez sur la liste d’attente pour { $resource } chez { $host }. Le créneau retenu pour vous n’a pas été confirmé à temps.
    .call =
        { $stays ->
            [yes] Le créneau est proposé à la personne suivante sur la liste d’attente. Vous restez sur la liste d’attente et gardez votre place. Si l’offre suivante expire aussi, vous n’y êtes plus. Pour chercher un autre créneau :
           *[no] Le créneau est proposé à la personne suivante sur la liste d’attente, et vous n’y êtes plus. Pour vous y inscrire de nouveau ou chercher un autre créneau :
        }

waitlist_offer_expired-host = Sans paiement
    .intro = { $customer } était sur la liste d’attente pour { $resource }. Personne n’a confirmé à temps le paiement pour le créneau proposé.
    .call = Nous avons informé { $customer }. Le créneau est proposé à la personne suivante sur la liste d’attente. Pour voir la réservation :

## Confirmed bookings

confirmed-customer = Réservation confirmée
    .intro =
        { $scope ->
           *[one] Votre réservation de { $resource } chez { $host } est confirmée.
            [series] Vos réservations de { $resource } chez { $host } ({ times }) sont confirmées.
            [group] { $part ->
               *[no] Vous avez fait { bookings-together } ensemble, et toutes sont confirmées.
                [yes] Parmi les réservations que vous avez faites ensemble, { of-the-group-are } maintenant { $count ->
                    [one] confirmée
                   *[other] confirmées
                }.{ confirm-rest }
            }
        }
    .call =
        { $scope ->
           *[one] Pour { see-or-cancel } :
            [series] Pour voir, déplacer ou annuler les réservations :
            [group] Pour voir, déplacer ou annuler les réservations :
        }
    .outro =
        { $scope ->
           *[one] Si vos plans changent, annulez tôt, pour que d’autres puissent utiliser le créneau.
            [series] { "" }
            [group] { "" }
        }

confirmed-operator = Vous êtes le { operator-role }
    .intro =
        { $scope ->
           *[one] { $customer } a réservé { $resource } chez { $host } et vous a désigné comme { operator-role }.
            [series] { $customer } a réservé { $resource } chez { $host } ({ times }) et vous a désigné comme { operator-role }.
            [group] { $customer } a fait { bookings-together } ensemble et vous a désigné comme { operator-role }.
        }
    .call =
        { $scope ->
           *[one] Pour voir la réservation :
            [series] Pour voir les réservations :
            [group] Pour voir les réservations :
        }
    .outro =
        { $scope ->
           *[one] Si vous ne pouvez pas venir, dites-le à la personne qui a réservé, pour qu’elle puisse désigner un autre { operator-role }.
            [series] Si vous ne pouvez pas venir, dites-le à la personne qui a réservé, pour qu’elle puisse désigner un autre { operator-role }.
            [group] Si vous ne pouvez pas venir, dites-le à la personne qui a réservé, pour qu’elle puisse désigner un autre { operator-role }.
        }

confirmed-host = Réservation
    .intro =
        { $scope ->
           *[one] { $customer } a réservé { $resource }.
            [series] { $customer } a réservé { $resource } ({ times }).
            [group] { $customer } a fait { bookings-together } ensemble.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Pour voir la réservation :
            [series] { -do-nothing } Pour voir les réservations :
            [group] { -do-nothing } Pour voir les réservations :
        }

reminder-customer = Rappel
    .intro = Votre réservation de { $resource } chez { $host } commence bientôt.
    .call = Enregistrez votre arrivée ici quand vous êtes sur place. Pour { see-reschedule-or-cancel } :
    .outro = Si vos plans ont changé, annulez, pour que d’autres puissent utiliser le créneau.

reminder-operator = Rappel
    .intro = { $customer } a réservé { $resource } chez { $host } et vous a désigné comme { operator-role }. La réservation commence bientôt.
    .call = Enregistrez votre arrivée ici quand vous êtes sur place :
    .outro = Si vous ne pouvez pas venir, dites-le à la personne qui a réservé, pour qu’elle puisse désigner un autre { operator-role }.

rescheduled-customer = Déplacement
    .intro =
        { $scope ->
           *[one] { $by ->
                [host] { $host } a modifié votre réservation de { $resource }.
               *[customer] Votre réservation de { $resource } chez { $host } a changé.
            }
            [series] Vos réservations de { $resource } chez { $host } ont de nouveaux horaires.
        }
    .call =
        { $scope ->
           *[one] Pour { see-or-cancel } :
            [series] Pour voir, déplacer ou annuler les réservations :
        }

rescheduled-operator = Déplacement
    .intro =
        { $scope ->
           *[one] La réservation de { $resource } chez { $host } dont vous êtes le { operator-role } a changé.
            [series] Les réservations de { $resource } chez { $host } dont vous êtes le { operator-role } ont de nouveaux horaires.
        }
    .call =
        { $scope ->
           *[one] Pour voir la réservation :
            [series] Pour voir les réservations :
        }

rescheduled-host = Déplacement
    .intro =
        { $scope ->
           *[one] La réservation de { $resource } par { $customer } a changé.
            [series] Les réservations de { $resource } par { $customer } ont de nouveaux horaires.
        }
    .call =
        { $scope ->
           *[one] Pour voir la réservation :
            [series] Pour voir les réservations :
        }

## Proposals

proposed-customer = Autre créneau proposé
    .intro = { $host } propose un autre créneau pour votre réservation de { $resource }. La réservation reste telle quelle jusqu’à ce que vous acceptiez.
    .call = Pour accepter ou refuser la proposition :

proposed-host = Autre créneau proposé
    .intro = { $customer } propose un autre créneau pour la réservation de { $resource }. La réservation reste telle quelle jusqu’à ce que vous acceptiez.
    .call = Pour accepter ou refuser la proposition :

proposal_accepted-customer = Déplacement
    .intro =
        { $proposer ->
           *[host] Vous avez accepté la proposition de { $host }. Votre réservation de { $resource } est déplacée.
            [customer] { $host } a accepté votre proposition. Votre réservation de { $resource } est déplacée.
        }
    .call = Pour { see-or-cancel } :

proposal_accepted-operator = Déplacement
    .intro = La réservation de { $resource } chez { $host } dont vous êtes le { operator-role } est déplacée.
    .call = Pour voir la réservation :

proposal_accepted-host = Déplacement
    .intro =
        { $proposer ->
           *[host] { $customer } a accepté votre proposition. La réservation de { $resource } est déplacée.
            [customer] Vous avez accepté la proposition de { $customer }. La réservation de { $resource } est déplacée.
        }
    .call = Pour voir la réservation :

proposal_declined-customer = Proposition refusée
    .intro = { $host } a refusé le créneau que vous avez proposé pour votre réservation de { $resource }. La réservation reste telle quelle.
    .call = Pour voir la réservation :

proposal_declined-host = Proposition refusée
    .intro = { $customer } a refusé le créneau que vous avez proposé pour la réservation de { $resource }. La réservation reste telle quelle.
    .call = Pour voir la réservation :

proposal_withdrawn-customer = Proposition retirée
    .intro = { $host } ne propose plus d’autre créneau pour votre réservation de { $resource }. La réservation reste telle quelle.
    .call = { -do-nothing } Pour voir la réservation :

proposal_withdrawn-host = Proposition retirée
    .intro = { $customer } ne propose plus d’autre créneau pour la réservation de { $resource }. La réservation reste telle quelle.
    .call = { -do-nothing } Pour voir la réservation :

proposal_lapsed-customer = Proposition expirée
    .intro = Personne n’a accepté à temps le créneau proposé pour votre réservation de { $resource } chez { $host }. La réservation reste telle quelle.
    .call = { -do-nothing } Pour voir la réservation :

proposal_lapsed-host = Proposition expirée
    .intro = Personne n’a accepté à temps le créneau proposé pour la réservation de { $resource } par { $customer }. La réservation reste telle quelle.
    .call = { -do-nothing } Pour voir la réservation :

## Cancelled

cancelled-customer = Annulation
    .intro =
        { $scope ->
           *[one] Votre réservation de { $resource } chez { $host } est annulée.
            [series] Vos réservations de { $resource } chez { $host } sont annulées.
            [group] Parmi les réservations que vous avez faites ensemble, { of-the-group-are } { $count ->
                [one] annulée
               *[other] annulées
            }.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Pour chercher un autre créneau ou un autre lieu :
            [series] { -do-nothing } Pour voir les autres réservations de la série :
            [group] Pour voir les autres réservations :
        }

cancelled-operator = Annulation
    .intro =
        { $scope ->
           *[one] La réservation de { $resource } chez { $host } dont vous étiez le { operator-role } est annulée.
            [series] Les réservations de { $resource } chez { $host } dont vous étiez le { operator-role } sont annulées.
            [group] Parmi les réservations de { $customer } dont vous étiez le { operator-role }, { of-the-group-are } { $count ->
                [one] annulée
               *[other] annulées
            }.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Pour chercher d’autres offres :
            [series] Pour voir les autres réservations de la série :
            [group] Pour voir les autres réservations :
        }

cancelled-host = Annulation
    .intro =
        { $scope ->
           *[one] La réservation de { $resource } par { $customer } est annulée. Le créneau peut de nouveau être réservé.
            [series] Les réservations de { $resource } par { $customer } sont annulées. Les créneaux peuvent de nouveau être réservés.
            [group] Parmi les réservations que { $customer } a faites ensemble, { of-the-group-are } { $count ->
                [one] annulée
               *[other] annulées
            }. Les créneaux peuvent de nouveau être réservés.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Pour voir la réservation :
            [series] { -do-nothing } Pour voir les autres réservations de la série :
            [group] { -do-nothing } Pour voir les autres réservations :
        }

displaced-customer = Annulation
    .intro =
        { $scope ->
           *[one] { $calendar ->
                [yes] { $host } ne peut pas proposer { $resource } au créneau de votre réservation. Votre réservation est annulée.
               *[no] { $host } ne peut pas proposer { $resource } au créneau de votre demande. Votre demande est annulée.
            }
            [several] { $host } ne peut pas proposer { $resource } aux créneaux de vos réservations. Vos réservations sont annulées.
        }
    .call = Pour chercher un autre créneau ou un autre lieu :

displaced-operator = Annulation
    .intro =
        { $scope ->
           *[one] { $host } ne peut pas proposer { $resource } au créneau d’une réservation dont vous étiez le { operator-role }. La réservation est annulée.
            [several] { $host } ne peut pas proposer { $resource } aux créneaux de réservations dont vous étiez le { operator-role }. Les réservations sont annulées.
        }
    .call = { -do-nothing } Pour chercher d’autres offres :

displaced-host = Annulation
    .intro =
        { $scope ->
           *[one] { $calendar ->
                [yes] { $resource } est bloqué ou fermé au créneau d’une réservation. La réservation est annulée.
               *[no] { $resource } est bloqué ou fermé au créneau d’une demande. La demande est annulée.
            }
            [several] { $resource } est bloqué ou fermé aux créneaux de réservations. Les réservations sont annulées.
        }
    .call =
        { $scope ->
           *[one] Nous avons informé le client. { -do-nothing } Pour voir la réservation annulée :
            [several] Nous avons informé les clients. { -do-nothing } Pour voir les réservations annulées :
        }

## At the machine

missed-customer = Absence
    .intro = Personne n’a enregistré son arrivée pour votre réservation de { $resource } chez { $host }. Le reste du créneau n’est plus retenu pour vous.
    .call = S’il s’agit d’une erreur, contactez le prestataire. Pour voir la réservation :

missed-host = Absence
    .intro = { $customer } n’a pas enregistré d’arrivée pour la réservation de { $resource }. Le reste du créneau peut de nouveau être réservé.
    .call = Nous avons informé { $customer }. { -do-nothing } Pour voir la réservation :

overrun-customer = Le créneau est terminé
    .intro = Le créneau de votre réservation de { $resource } chez { $host } est terminé, et personne n’a enregistré le départ.
    .call = Laissez la place à la réservation suivante et enregistrez votre départ ici :

overrun-operator = Le créneau est terminé
    .intro = Le créneau de la réservation de { $resource } chez { $host } dont vous êtes le { operator-role } est terminé, et personne n’a enregistré le départ.
    .call = Laissez la place à la réservation suivante et enregistrez votre départ ici :

overrun-host = Le créneau est terminé
    .intro = Le créneau de la réservation de { $resource } par { $customer } est terminé, et personne n’a enregistré le départ.
    .call = Nous avons informé le client de la réservation suivante. Pour voir la réservation ou enregistrer le départ :

delayed-customer = Retard possible
    .intro = La réservation de { $resource } chez { $host } avant la vôtre est terminée, mais personne n’a encore enregistré le départ.
    .call = Votre réservation reste valable ; vous devrez peut-être attendre un moment. Pour la voir ou la déplacer :

delayed-operator = Retard possible
    .intro = La réservation de { $resource } chez { $host } avant celle dont vous êtes le { operator-role } est terminée, mais personne n’a encore enregistré le départ.
    .call = Votre réservation reste valable ; vous devrez peut-être attendre un moment. Pour la voir :

out_of_order-customer = Hors service
    .intro =
        { $scope ->
           *[one] { $resource } chez { $host } est hors service. Votre réservation reste valable, mais vous ne pourrez peut-être pas l’utiliser.
            [several] { $resource } chez { $host } est hors service. Vos réservations restent valables, mais vous ne pourrez peut-être pas les utiliser.
        }
    .call =
        { $scope ->
           *[one] Le prestataire essaie de réparer à temps. Pour { see-reschedule-or-cancel } :
            [several] Le prestataire essaie de réparer à temps. Pour voir, déplacer ou annuler les réservations :
        }

out_of_order-operator = Hors service
    .intro =
        { $scope ->
           *[one] { $resource } chez { $host } est hors service. Vous êtes le { operator-role } d’une réservation et ne pourrez peut-être pas l’utiliser.
            [several] { $resource } chez { $host } est hors service. Vous êtes le { operator-role } de réservations et ne pourrez peut-être pas les utiliser.
        }
    .call =
        { $scope ->
           *[one] Nous avons informé la personne qui a réservé. Pour voir la réservation :
            [several] Nous avons informé la personne qui a réservé. Pour voir les réservations :
        }

out_of_order-host = Hors service
    .intro =
        { $scope ->
           *[one] { $resource } est hors service et fait l’objet d’une réservation.
            [several] { $resource } est hors service et fait l’objet de { $count } réservations.
        }
    .call =
        { $scope ->
           *[one] Nous avons informé le client. Pour voir, déplacer ou annuler la réservation :
            [several] Nous avons informé les clients. Pour voir, déplacer ou annuler les réservations :
        }

back_in_order-customer = De nouveau en service
    .intro =
        { $scope ->
           *[one] { $resource } chez { $host } fonctionnera de nouveau au début de votre réservation.
            [several] { $resource } chez { $host } fonctionnera de nouveau au début de vos réservations.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Pour voir la réservation :
            [several] { -do-nothing } Pour voir les réservations :
        }

back_in_order-operator = De nouveau en service
    .intro =
        { $scope ->
           *[one] { $resource } chez { $host } fonctionnera de nouveau au début de la réservation dont vous êtes le { operator-role }.
            [several] { $resource } chez { $host } fonctionnera de nouveau au début des réservations dont vous êtes le { operator-role }.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Pour voir la réservation :
            [several] { -do-nothing } Pour voir les réservations :
        }

back_in_order-host = De nouveau en service
    .intro =
        { $scope ->
           *[one] { $resource } fonctionnera de nouveau au début de sa réservation.
            [several] { $resource } fonctionnera de nouveau au début de ses { $count } réservations.
        }
    .call =
        { $scope ->
           *[one] Nous avons informé le client. { -do-nothing } Pour voir la réservation :
            [several] Nous avons informé les clients. { -do-nothing } Pour voir les réservations :
        }

## Operators

uncertified-customer = Certification manquante
    .intro = { operator-name } devait être le { operator-role } de { $resource } chez { $host } dans votre réservation et n’a plus la certification requise.
    .call = La réservation reste valable, mais le { operator-role } ne peut pas enregistrer son arrivée. Pour { choose-operator-or-cancel } :

uncertified-host = Certification manquante
    .intro = { operator-name } devait être le { operator-role } de { $resource } dans la réservation de { $customer } et n’a plus la certification requise.
    .call = La réservation reste valable. Nous avons demandé à { $customer } de choisir un autre { operator-role }. Pour voir ou annuler la réservation :

replaced-former_operator = Remplacement
    .intro = Vous n’êtes plus le { operator-role } de { $resource } chez { $host }, car { $customer } a désigné quelqu’un d’autre.
    .call = { -do-nothing } Pour voir la réservation :

operator_left-customer = Choisissez un autre { operator-role }
    .intro =
        { $scope ->
           *[one] { operator-name } devait être le { operator-role } de { $resource } et n’est plus membre de { $customer }. Choisissez un autre { operator-role } pour cette réservation.
            [several] { operator-name } devait être le { operator-role } de { $resource } et n’est plus membre de { $customer }. Choisissez un autre { operator-role } pour ces réservations.
        }
    .call =
        { $scope ->
           *[one] La réservation reste valable. Pour { choose-operator-or-cancel } :
            [several] Les réservations restent valables. Pour choisir un autre { operator-role } ou annuler les réservations :
        }

## Fees

overrun_fee-customer = Frais
    .intro = Le départ de votre réservation de { $resource } chez { $host } a été enregistré après la fin. Le temps après la fin entraîne des frais.
    .call = S’il s’agit d’une erreur, contactez le prestataire. Pour voir la réservation :

fee_waived-customer = Frais annulés
    .intro = { $host } a renoncé aux frais de votre réservation de { $resource }.
    .call = { -do-nothing } Pour voir la réservation :

deposit_returned-customer = Caution
    .intro = { $host } ne retient plus la caution de votre réservation de { $resource }.
    .call = Si vous n’êtes pas d’accord, contactez le prestataire. Pour voir la réservation :

# One mail about many changes, for a reader who has had many mails within an hour. $count is their number.
digest =
    { $count ->
        [one] Un autre changement de vos réservations
       *[other] { $count } changements de vos réservations
    }
    .intro =
        { $count ->
            [one] Vous avez reçu beaucoup d’e-mails en une heure, donc cet e-mail a attendu. Il concerne le changement suivant. Un événement est joint si le changement concerne votre agenda.
           *[other] Vous avez reçu beaucoup d’e-mails en une heure, donc cet e-mail concerne { $count } changements de réservations et de formations, le plus ancien d’abord. Les événements joints montrent le dernier état de chacun.
        }
    .call = Pour voir vos réservations :
