/** What the files of the Slack harness share. Shapes are Slack's own, kept loose: the harness carries them, it does not own them. */
export type Fields = Record<string, unknown>

/** A person of the workspace. `locale` and `tz` are what `users.info` tells of them. */
export interface PersonOptions {
  name: string
  realName?: string
  email?: string
  title?: string
  /** Default `en-US`. */
  locale?: string
  /** Default `Asia/Tokyo`. */
  tz?: string
  admin?: boolean
}

export interface Message extends Fields {
  channel: string
  ts: string
  text: string
  user?: string
  thread_ts?: string
  blocks?: Block[]
  /** Present and true on what only one person sees. Such a message is not in any history. */
  ephemeral?: true
  replies?: Message[]
}

export interface Element extends Fields {
  type: string
  action_id?: string
  text?: { text: string }
  value?: string
  options?: { value: string; text: { text: string } }[]
  option_groups?: { options: { value: string; text: { text: string } }[] }[]
}

export interface Block extends Fields {
  type: string
  block_id?: string
  elements?: Element[]
  accessory?: Element
  element?: Element
  optional?: boolean
}

export interface View extends Fields {
  id: string
  type: 'modal' | 'home'
  callback_id: string
  private_metadata: string
  hash: string
  blocks: Block[]
  /** What the app told to be wrong with the last submission, by block id. */
  errors?: Record<string, string>
}

/** One call of the Web API, of a file address or of a `response_url`, as the harness saw it. */
export interface Call {
  /** `chat.postMessage`, …, or `response_url`, `file`, `upload`, `elsewhere` (an address that is none of Slack's). */
  method: string
  args: Fields
  /** `bot`, `app` (the xapp token), a person's name, or `unknown`. */
  by: string
  /** Milliseconds since the epoch, and how long the answer took. */
  at: number
  ms: number
  /** `ok`, Slack's error code, `http 503`, `network`, `lost`, `hang`; `under way` until then. */
  answered: string
}

/** How the app answered what Slack sent it. */
export interface Delivery {
  kind: 'command' | 'interactive' | 'event'
  payload: Fields
  /** False: there was nobody to give it to. */
  delivered: boolean
  /** HTTP status; 200 for an acknowledged socket envelope, 0 for none. */
  status: number
  /** What `ack(…)` carried; undefined when empty. */
  ack: unknown
  ms: number
  /** Later than the 3 s that Slack waits: people see an error, though the app may go on. */
  late: boolean
}
