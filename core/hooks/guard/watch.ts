/** A database that the guard ends when nobody moves its deadline. */
export interface Watch {
  member: string
  /** Of the role that it holds. */
  generation: number
  /**
   * From then on its sessions are ended in order (SIGINT to the postmaster); at `hardAt` it is killed, with proof.
   * Monotonic ms; on the agent's side of the link by the clock that the link was opened with.
   */
  softAt: number
  hardAt: number
  target: WatchTarget
}

export interface WatchTarget {
  /** The postmaster. */
  pid: number
  startTime: string | null
  /** Data folder. */
  folder: string
  host: string
  port: number
}

/** A database of the agent, armed or not: the guard can end it by order. */
export interface GuardedMember {
  member: string
  folder: string
  host: string
  port: number
}

/** A fence waits so long for the last WAL to reach the standbys; then it kills. */
export const fenceGraceMs = 250
