/**
 * What went wrong, from whoever saw it, before anybody judges it.
 * `exit` is proof (the supervisor reaped the process); the others are what could be seen from outside.
 */
export const signals = [
  'exit', // a supervisor saw the process end
  'refused', // the kernel refused the connection: the host is there, nobody listens
  'timeout', // no answer in time
  'unreachable', // no way to the target (host, network, name)
  'fail', // it answered "fail"
  'warn', // it answered "warn"
  'bad-answer', // it answered something that is not its contract
  'missed-beat', // its heartbeat did not come
  'wrong-role', // it is not in the role that it was given
  'two-actives', // more than one member says that it is active
  'flapping', // it changes state too often
  'overloaded', // it says that it has too much to do
  'external', // somebody else's alert (webhook)
  'human', // somebody says so
] as const
export type Signal = (typeof signals)[number]

/** As it comes in, normalised. */
export interface AlertInput {
  /** The same fault has the same key; see `keyOf`. */
  key: string
  component: string
  member: string | null
  signal: Signal
  status: 'firing' | 'resolved'
  /** Who saw it: `probe:hook`, `agent:tokyo-a`, `alertmanager`, `api`. */
  source: string
  summary: string
  at: number
}

/** As it is stored: one row per key, with how often it came. */
export interface Alert extends AlertInput {
  incident: string | null
  count: number
  firstAt: number
  lastAt: number
}

/** One key per component, member and watcher: a new symptom of the same member from the same watcher replaces the old one. */
export const keyOf = (component: string, member: string | null, source: string) => `${component}/${member ?? '*'}/${source}`
