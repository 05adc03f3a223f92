# Mails about certifications and trainings.

subject-of-certification = { $word }: { $kind }
subject-of-training = { $word }: { $training }, { $span }

certification-granted = Zertifiziert
    .intro = { $organization } hat Sie für { $kind } zertifiziert. Sie können jetzt die Maschinen bedienen, die diese Zertifizierung erfordern.
    .call = Sie müssen nichts tun. Ihre Zertifizierungen ansehen:

certification-revoked = Zertifizierung widerrufen
    .intro = { $organization } hat Ihre Zertifizierung für { $kind } widerrufen. Sie können die Maschinen, die diese Zertifizierung erfordern, nicht mehr bedienen.
    .call = Wenn Sie den Grund nicht kennen, fragen Sie { $organization }. Erneut geschult werden:

certification-expires = Zertifizierung läuft ab
    .intro = Ihre Zertifizierung für { $kind } von { $organization } läuft bald ab. Danach können Sie die Maschinen, die diese Zertifizierung erfordern, nicht mehr bedienen.
    .call = Um sie zu erneuern, fragen Sie { $organization } oder nehmen Sie an einer Schulung teil:

seat-taken = Ihr Platz
    .intro = Sie haben einen Platz in { $training } von { $organization }. Bitte seien Sie pünktlich. Wenn Sie teilnehmen, zertifiziert { $organization } Sie für { $kind }.
    .call = Wenn sich Ihre Pläne ändern, geben Sie bitte hier Ihren Platz frei, damit jemand anderes ihn bekommen kann:

seat-cancelled = Platz freigegeben
    .intro = Sie haben keinen Platz mehr in { $training } von { $organization }.
    .call = Wenn Sie doch teilnehmen möchten, prüfen Sie, ob ein Platz frei ist:

seat-removed = Platz zurückgenommen
    .intro = { $organization } hat Ihren Platz in { $training } zurückgenommen.
    .call = Wenn Sie den Grund nicht kennen, fragen Sie { $organization }. Eine andere Schulung suchen:

seat-reminder = Erinnerung
    .intro = { $training } von { $organization } beginnt bald. Sie haben einen Platz.
    .call = Wenn sich Ihre Pläne geändert haben, geben Sie bitte hier Ihren Platz frei, damit jemand anderes ihn bekommen kann:

seat-training_changed = Schulung geändert
    .intro = { $training } von { $organization }, in der Sie einen Platz haben, wurde geändert.
    .call = Der Anhang aktualisiert Ihren Kalender. Wenn Sie nicht kommen können, geben Sie bitte hier Ihren Platz frei:

seat-training_cancelled = Schulung abgesagt
    .intro = { $organization } hat { $training } abgesagt. Sie hatten dort einen Platz.
    .call = Eine andere Schulung suchen:

attendance = Teilnahme erfassen
    .intro = { $training } ist vorbei. Erfassen Sie, wer teilgenommen hat: Alle Teilnehmenden werden sofort zertifiziert.
    .call = Teilnahme erfassen:
