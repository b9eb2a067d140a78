import type { Watch } from './watch.ts'

/** The agent's side: the guard that outlives it, and ends its databases when it does not move their deadlines. */
export interface GuardLink {
  /**
   * Answers when the guard has it; a later one for the same member moves the deadline. Rejects with `guard-away` when there is
   * none that answers (the role is then not taken, or not kept longer), with `guard-ended` when the guard has begun to end this
   * process, or was told to (the role is lost), and with `stale-generation` when it was fenced at a newer generation.
   */
  arm(watch: Watch): Promise<void>
  /** After an orderly step down. Never rejects: a deadline that stands ends what has ended already. */
  disarm(member: string): Promise<void>
  alive(): boolean
  /** Lets go of it. What is armed stays armed. */
  close(): Promise<void>
}
