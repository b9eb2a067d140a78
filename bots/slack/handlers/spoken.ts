/**
 * Commands as words, in the room of an andon: `/andon lead`, `@jidoka update back to normal`. The first word is the command, the rest
 * is the one thing that it takes.
 */
export interface Spoken {
  command: string
  /** The field that the rest fills; null: it takes nothing. */
  field: string | null
  /** What it takes beside it. */
  also?: Readonly<Record<string, unknown>>
  /** Nobody begins to tell of a fault with this word: outside of a room it is a mistake, and not a pull. */
  sure?: true
}

const spoken: Readonly<Record<string, Spoken>> = {
  join: { command: 'join', field: 'text' },
  escalate: { command: 'escalate', field: 'reason', sure: true },
  red: { command: 'escalate', field: 'reason' },
  lead: { command: 'lead', field: 'person', sure: true },
  scribe: { command: 'role', field: 'person', also: { role: 'scribe' } },
  comms: { command: 'role', field: 'person', also: { role: 'comms' } },
  component: { command: 'component', field: 'component' },
  severity: { command: 'severity', field: 'severity' },
  private: { command: 'private', field: null, also: { private: true } },
  public: { command: 'private', field: null, also: { private: false } },
  update: { command: 'update', field: 'text' },
  note: { command: 'note', field: 'text' },
  lane: { command: 'lane-open', field: 'title' },
  ask: { command: 'inquiry-send', field: 'carrier' },
  told: { command: 'told', field: 'segment' },
  resolve: { command: 'resolve', field: 'how', sure: true },
  reopen: { command: 'reopen', field: 'why', sure: true },
  thank: { command: 'thank', field: 'to', sure: true },
  thanks: { command: 'thank', field: 'to', sure: true },
  kaizen: { command: 'kaizen-add', field: 'text', sure: true },
  keep: { command: 'keep', field: 'days', sure: true },
  merge: { command: 'merge', field: 'into', sure: true },
  split: { command: 'split', field: 'text', sure: true },
  approve: { command: 'approve', field: 'runbook', sure: true },
  retry: { command: 'retry', field: 'runbook', sure: true },
  stop: { command: 'stop', field: 'reason' },
}

/** What was said, when it begins with a command; `rest` as it was written. */
export function readSpoken(text: string): { what: Spoken; rest: string } | null {
  const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text.trim()) ?? []
  const name = word.toLowerCase()
  const what = Object.hasOwn(spoken, name) ? spoken[name] : undefined
  return what ? { what, rest: rest.trim() } : null
}

const numbers = new Set(['severity', 'days'])

/** The input of the command; `rest` is plain already. */
export function inputOfSpoken({ field, also = {} }: Spoken, rest: string): Record<string, unknown> {
  if (field === null || rest === '') return { ...also }
  return { ...also, [field]: numbers.has(field) && /^\d{1,6}$/.test(rest) ? Number(rest) : rest }
}
