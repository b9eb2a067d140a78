import { join } from 'node:path'
import { type ProcessIdentity, stateFile } from '../agent/strays.ts'
import type { GuardedMember } from './watch.ts'

/** What the agent leaves in its folder for the guard that it starts. */
export interface GuardSettings {
  agent: string
  /** Where the controllers find it. */
  url: string
  /** The address to listen on; that of the url when absent. */
  host?: string
  members: GuardedMember[]
  idleMs: number
}

/** Where agent and guard find each other. */
export const socketOf = (folder: string) => join(folder, 'guard.sock')
export const identityFile = (folder: string) => stateFile<ProcessIdentity>(join(folder, 'guard.json'))
export const settingsFile = (folder: string) => stateFile<GuardSettings>(join(folder, 'guard-settings.json'))
