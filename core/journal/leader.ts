/** One controller's time as the one that acts. See docs/controllers.md. */
export interface Term {
  /** Grows with each term, whoever has it. */
  fence: number
  /**
   * How long an earlier leader may still renew roles, ms from the beginning of this term: what was left of its lease.
   * 0: there was none, or it gave the lead up itself.
   */
  earlierMs: number
  /** Whether an effect may begin now: by the monotonic clock, so that a frozen and thawed process knows better at once. */
  mayAct(): boolean
  /**
   * Whether roles may be renewed now. Longer than `mayAct`, when the connection to the store broke: until shortly before the end of
   * the lease, which the next leader counts with. Not any more once the lead was given up, or is known to be somebody else's.
   */
  mayRenew(): boolean
}

export interface ControllerInfo {
  id: string
  url: string
  version: string
  leader: boolean
  /** Epoch ms. */
  startedAt: number
  seenAt: number
}

/** Who of the controllers that share a store acts. On SQLite there is one, and it always leads. */
export interface Leadership {
  /**
   * Stands for the lead until `stop`. Each term begins with `begin`; `end` is called when it is over, and answered before the next.
   * `stop` gives the lead up, so that a peer need not wait.
   */
  stand(
    self: { id: string; url: string; version: string },
    on: { begin(term: Term): Promise<void>; end(reason: string): Promise<void> },
  ): { stop(): Promise<void> }
  /** Those that were seen within the last minute, the leader first. */
  controllers(): Promise<ControllerInfo[]>
}
