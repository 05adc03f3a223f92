# Mails about certifications and trainings.

subject-of-certification = { $word } : { $kind }
subject-of-training = { $word } : { $training }, { $span }

certification-granted = Certification accordée
    .intro = { $organization } vous a certifié pour { $kind }. Vous pouvez maintenant utiliser les machines qui exigent cette certification.
    .call = Vous n’avez rien à faire. Pour voir vos certifications :

certification-revoked = Certification retirée
    .intro = { $organization } a retiré votre certification pour { $kind }. Vous ne pouvez plus utiliser les machines qui exigent cette certification.
    .call = Si vous ne connaissez pas le motif, demandez-le à { $organization }. Pour suivre de nouveau une formation :

certification-expires = Certification bientôt expirée
    .intro = Votre certification pour { $kind } par { $organization } expire bientôt. Après, vous ne pourrez plus utiliser les machines qui exigent cette certification.
    .call = Pour la renouveler, contactez { $organization } ou suivez une formation :

seat-taken = Votre place
    .intro = Vous avez une place à { $training } par { $organization }. Soyez à l’heure. Si vous participez, { $organization } vous certifie pour { $kind }.
    .call = Si vos plans changent, libérez votre place ici, pour que quelqu’un d’autre puisse l’avoir :

seat-cancelled = Place libérée
    .intro = Vous n’avez plus de place à { $training } par { $organization }.
    .call = Si vous voulez finalement participer, vérifiez si une place est libre :

seat-removed = Place retirée
    .intro = { $organization } a repris votre place à { $training }.
    .call = Si vous ne connaissez pas le motif, demandez-le à { $organization }. Pour chercher une autre formation :

seat-reminder = Rappel
    .intro = { $training } par { $organization } commence bientôt. Vous avez une place.
    .call = Si vos plans ont changé, libérez votre place ici, pour que quelqu’un d’autre puisse l’avoir :

seat-training_changed = Formation modifiée
    .intro = { $training } par { $organization }, où vous avez une place, a changé.
    .call = La pièce jointe met à jour votre agenda. Si vous ne pouvez pas venir, libérez votre place ici :

seat-training_cancelled = Formation annulée
    .intro = { $organization } a annulé { $training }, où vous aviez une place.
    .call = Pour chercher une autre formation :

attendance = Présences à enregistrer
    .intro = { $training } est terminé. Enregistrez qui a participé : chaque participant est certifié aussitôt.
    .call = Pour enregistrer les présences :
