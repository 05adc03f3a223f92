# Mails about changes of what a user or an organization may do.

ownership-received = Vous êtes maintenant propriétaire de { $organization }
    .intro = { $other } vous a transmis { $organization }. Comme propriétaire, vous choisissez les membres et leurs rôles, et vous modifiez l’organisation elle-même.
    .call = Pour ouvrir le service :

ownership-given = { $organization } a un nouveau propriétaire
    .intro = Vous avez transmis { $organization } à { $other }. Vous êtes maintenant gestionnaire de { $organization }.
    .call = Si ce n’était pas vous, choisissez un nouveau mot de passe et adressez-vous à l’exploitant du service. Pour ouvrir le service :

organization-suspended = { $organization } est suspendue
    .intro = L’exploitant du service a suspendu { $organization }. Ses offres sont cachées, et aucune nouvelle réservation n’est possible. Les réservations confirmées restent, et les factures et les paiements continuent.
    .call = Pour ouvrir le service :

organization-reinstated = { $organization } n’est plus suspendue
    .intro = L’exploitant du service a rétabli { $organization }. Ses offres sont de nouveau visibles, et de nouvelles réservations sont possibles.
    .call = Pour ouvrir le service :

user-suspended = Votre compte est suspendu
    .intro = L’exploitant du service a suspendu votre compte. Vous ne pouvez pas vous connecter, et les clés d’API que vous avez créées ne fonctionnent pas.
    .call = Si vous pensez que c’est une erreur, adressez-vous à l’exploitant du service :

user-reinstated = Votre compte n’est plus suspendu
    .intro = L’exploitant du service a rétabli votre compte. Vous pouvez de nouveau vous connecter, et les clés d’API que vous avez créées fonctionnent de nouveau.
    .call = Pour ouvrir le service :

second-factor-set = Un second facteur protège votre compte
    .intro = Désormais, un code de votre authentificateur est nécessaire pour vous connecter, en plus du mot de passe. Gardez les codes de secours là où vous les trouvez sans lui.
    .call = Si ce n’était pas vous, choisissez maintenant un nouveau mot de passe et terminez toutes les autres sessions. Ouvrez ce lien :

second-factor-removed = Le second facteur de votre compte est supprimé
    .intro = Désormais, le mot de passe suffit pour vous connecter.
    .call = Si ce n’était pas vous, choisissez maintenant un nouveau mot de passe et terminez toutes les autres sessions. Ouvrez ce lien :

identity-linked = Vous pouvez vous connecter avec un autre compte
    .intro = Votre compte chez { $other } est lié : vous pouvez vous connecter avec lui.
    .call = Si ce n’était pas vous, choisissez maintenant un nouveau mot de passe et terminez toutes les autres sessions. Ouvrez ce lien :

identity-unlinked = Vous ne pouvez plus vous connecter avec un autre compte
    .intro = Votre compte chez { $other } n’est plus lié : vous ne pouvez pas vous connecter avec lui.
    .call = Si ce n’était pas vous, choisissez maintenant un nouveau mot de passe et terminez toutes les autres sessions. Ouvrez ce lien :
