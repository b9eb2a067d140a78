import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../../core/catalog/schema.ts'
import { fault } from '../../core/errors.ts'
import { exampleFolder } from './layout.ts'
import { brokenMark } from './service.ts'

/**
 * What the example remembers between commands, below `<data>/example`:
 *
 *   state.json       which agents were started, and how
 *   config.json      the configuration that they run
 *   broken/MEMBER    the member ends as soon as it starts
 *   lost/NODE        the node is not started
 */
export interface ExampleState {
  basePort: number
  controllerUrl: string
  /** Of everything that an agent was started with; agents of another one are replaced. */
  fingerprint: string
  agents: Record<string, AgentRecord>
}

export interface AgentRecord {
  command: string[]
  pid: number
  /** Of the process, as the kernel tells it: the pid may have been given to another one since. */
  startedAt: string
}

const stateFile = (folder: string) => join(folder, 'state.json')
export const configFile = (folder: string) => join(folder, 'config.json')
/** What the agents show to the controller; mode 0600. */
export const agentTokenFile = (folder: string) => join(folder, 'agent-token')
const lostMark = (folder: string, node: string) => join(folder, 'lost', node)

export function readState(folder: string): ExampleState | null {
  return existsSync(stateFile(folder)) ? (JSON.parse(readFileSync(stateFile(folder), 'utf8')) as ExampleState) : null
}

/** The whole file or nothing: a reader never sees half of it. */
export function writeState(folder: string, state: ExampleState): void {
  writeFileSync(`${stateFile(folder)}.new`, JSON.stringify(state, null, 2))
  renameSync(`${stateFile(folder)}.new`, stateFile(folder))
}

/** The example of a data folder as it was started; a clear fault when it was not. */
export function openExample(dataFolder: string): { folder: string; state: ExampleState; config: Config } {
  const folder = exampleFolder(dataFolder)
  const state = readState(folder)
  if (!state || !existsSync(configFile(folder))) {
    throw fault('conflict', {
      problem: `No example platform was started on the data folder ${dataFolder}.`,
      hint: 'Start it with `npm start` (jidoka up --example), or name its folder with --data.',
    })
  }
  return { folder, state, config: JSON.parse(readFileSync(configFile(folder), 'utf8')) as Config }
}

export interface Marks {
  broken: string[]
  lost: string[]
}

/** What is broken on purpose, and stays so until it is restored. */
export function readMarks(folder: string): Marks {
  const names = (kind: string) => (existsSync(join(folder, kind)) ? readdirSync(join(folder, kind)).sort() : [])
  return { broken: names('broken'), lost: names('lost') }
}

export const mark = (folder: string, kind: keyof Marks, id: string) => {
  const file = kind === 'broken' ? brokenMark(folder, id) : lostMark(folder, id)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
}

export const unmark = (folder: string, kind: keyof Marks, id: string) =>
  rmSync(kind === 'broken' ? brokenMark(folder, id) : lostMark(folder, id), { force: true })
