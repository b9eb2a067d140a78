/** Errors of processes and databases, and of proof that they have ended; a part of the catalogue in errors.ts. */
export const hostErrors = {
  'more-wal': {
    status: 409,
    retryable: true,
    text: '{member} has more WAL than {than}',
    next: 'Nobody was promoted; it is decided anew, with that in mind.',
  },
  'wal-unknown': {
    status: 409,
    retryable: true,
    text: '{member} is not promoted: {problem}',
    next: 'It may lack acknowledged commits, so nobody is active. Bring the others back; or, to give up those commits, `jidoka runbook run appoint-active` with replication.synchronous off.',
  },
  'fence-unconfirmed': {
    status: 409,
    retryable: true,
    text: 'Nobody confirms that {member} has stopped: {problem}',
    next: 'Nobody else was promoted: two actives are worse than none. Stop it by hand, then `jidoka failover`. A roleLease in the configuration lets it step down by itself.',
  },
  'process-alive': {
    status: 500,
    retryable: true,
    text: 'The process {pid} of {member} did not end after KILL within {timeoutMs} ms.',
    next: 'No second one was started. It may hang in the kernel: look at the host.',
  },
  'end-unproven': {
    status: 409,
    retryable: true,
    text: 'It cannot be proven that {member} has ended: {problem}',
    next: 'Nobody else is promoted on this word. Its role lease is waited out, where it has one.',
  },
  'guard-away': {
    status: 503,
    retryable: true,
    text: 'The guard of {agent} does not answer: {problem}',
    next: 'No role is taken or kept longer without it; another guard is being started.',
  },
  'guard-ended': {
    status: 409,
    retryable: false,
    text: 'The guard has ended {member}: {problem}',
    next: 'It is no longer active. It may come back as a standby.',
  },
  'start-failed': {
    status: 500,
    retryable: true,
    text: '{member} could not be started: {problem}',
    next: 'Check its command in the configuration.',
  },
  'database-unusable': {
    status: 422,
    retryable: false,
    text: 'The database {member} cannot be kept: {problem}',
    next: 'Nothing was started or changed. Mend its `postgres` block in the configuration, or its host.',
  },
  'database-missing': {
    status: 409,
    retryable: false,
    text: '{member} has no database to start: {problem}',
    next: 'Nothing was changed. Let it copy the active member (`rejoin`), or give it the data folder.',
  },
  'database-program': {
    status: 500,
    retryable: true,
    text: '{program} of {member} failed: {problem}',
    next: 'The database was left as the program left it; it is not started by itself after a copy that failed.',
  },
  'rejoin-failed': {
    status: 409,
    retryable: true,
    text: '{member} does not copy {primary}: {problem}',
    next: 'It is no standby, and is not promoted. `rejoin` with `rebuild` makes it anew from a base backup.',
  },
} as const
