# Mails about certifications and trainings.

subject-of-certification = { $word }: { $kind }
subject-of-training = { $word }: { $training }, { $span }

certification-granted = Certified
    .intro = { $organization } certified you in { $kind }. You can now operate the machines that require this certification.
    .call = You don't have to do anything. To see your certifications:

certification-revoked = Certification revoked
    .intro = { $organization } revoked your certification in { $kind }. You can no longer operate the machines that require it.
    .call = If you do not know the reason, ask { $organization }. To be trained again:

certification-expires = Certification expires
    .intro = Your certification in { $kind } by { $organization } expires soon. After that you can no longer operate the machines that require it.
    .call = To renew it, ask { $organization } or take part in a training:

seat-taken = Your seat
    .intro = You have a seat in { $training } by { $organization }. Please be on time. If you attend, { $organization } certifies you in { $kind }.
    .call = If your plans change, please give up your seat here, so that somebody else can have it:

seat-cancelled = Seat given up
    .intro = You no longer have a seat in { $training } by { $organization }.
    .call = If you want to attend after all, check whether a seat is free:

seat-removed = Seat taken back
    .intro = { $organization } took back your seat in { $training }.
    .call = If you do not know the reason, ask { $organization }. To look for another training:

seat-reminder = Reminder
    .intro = { $training } by { $organization } starts soon. You have a seat.
    .call = If your plans have changed, please give up your seat here, so that somebody else can have it:

seat-training_changed = Training changed
    .intro = { $training } by { $organization }, in which you have a seat, has changed.
    .call = The attachment updates your calendar. If you cannot come, please give up your seat here:

seat-training_cancelled = Training cancelled
    .intro = { $organization } cancelled { $training }, in which you had a seat.
    .call = To look for another training:

attendance = Record attendance
    .intro = { $training } is over. Record who attended: each of them is certified at once.
    .call = To record the attendance:
