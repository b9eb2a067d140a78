import { join } from 'node:path'
import type { Component, Member } from '../../../catalog/schema.ts'
import { type DatabaseConfig, replicationSchema } from '../../../catalog/schema-postgres.ts'
import { hostClock } from '../../../clock.ts'
import { fault } from '../../../errors.ts'
import { type GuardLink, openGuard } from '../../guard/link.ts'
import type { AgentOptions } from '../agent.ts'
import { type OutputFile, openOutput } from '../output.ts'
import { stateFile } from '../strays.ts'
import type { DatabaseState } from './database.ts'
import { type DatabaseMember, type DatabaseMemberOptions, openDatabaseMember } from './member.ts'
import type { Place } from './settings.ts'

type Told = Pick<DatabaseMemberOptions, 'onExit' | 'onDown' | 'onStarted'>
type Kept = Member & { postgres: DatabaseConfig }
const isKept = (member: Member): member is Kept => member.postgres !== undefined

export interface Databases {
  members: readonly { member: DatabaseMember; output: OutputFile }[]
  close(): Promise<void>
}

/** The databases that this agent keeps, and the guard behind them. Faults: `database-unusable`. */
export async function prepareDatabases(options: AgentOptions, told: (member: string) => Told): Promise<Databases> {
  const { catalog, id } = options
  const mine = catalog.components.flatMap((component) =>
    component.members.filter(isKept).flatMap((member) => (member.agent === id ? [{ component, member }] : [])),
  )
  if (mine.length === 0) return { members: [], close: async () => {} }
  const members: { member: DatabaseMember; output: OutputFile }[] = []
  const guard = guardOf(
    options,
    mine.map(({ member }) => member),
    (member) => members.find((one) => one.member.id === member)?.member.hooks.release(),
  )
  const close = async () => {
    for (const { member, output } of members) {
      member.close()
      output.close()
    }
    await guard.close()
  }
  try {
    for (const { component, member } of mine) members.push(await prepare(options, component, member, guard, told(member.id)))
  } catch (error) {
    await close()
    throw error
  }
  return { members, close }
}

function guardOf(options: AgentOptions, members: readonly Kept[], lost: (member: string) => void): GuardLink {
  const { catalog, id, dataFolder, env, controlToken, clock, log, guardCommand } = options
  if (options.guardLink) return options.guardLink
  const { guard } = catalog.agent(id)
  if (guard === undefined || guardCommand === undefined)
    throw fault('database-unusable', { member: members.map((member) => member.id).join(', '), problem: `the agent ${id} has no guard` })
  return openGuard({
    agent: id,
    folder: dataFolder,
    url: guard,
    members: members.map(({ id: member, postgres: { data, host, port } }) => ({ member, folder: data, host, port })),
    command: guardCommand,
    env,
    controlToken,
    clock,
    hostClock,
    log,
    onEnding: ({ member }) => lost(member),
  })
}

async function prepare(options: AgentOptions, component: Component, { id, postgres }: Kept, guard: GuardLink, told: Told) {
  const { dataFolder, env, controlToken, clock, log } = options
  const file = stateFile<DatabaseState>(join(dataFolder, 'members', `${id}.json`))
  const damaged = (problem: string) =>
    log.warn({ member: id, file: file.path, problem }, 'the state of this database is damaged: it begins anew')
  const none: DatabaseState = { process: null, generation: 0, fenced: false, had: false, blank: false, primary: null, torn: false }
  const state: DatabaseState = { ...none, ...file.read(damaged) }
  const output = openOutput(join(dataFolder, 'logs', `${id}.log`))
  const place: Place = {
    member: id,
    database: postgres,
    password: (postgres.passwordEnv && env[postgres.passwordEnv]) || null,
    others: component.members.filter(isKept).flatMap((other) => (other.id === id ? [] : [{ id: other.id, database: other.postgres }])),
    replication: component.replication ?? replicationSchema.parse({}),
  }
  const looks = component.probes.filter((probe) => probe.kind === 'hook').map((probe) => probe.timeoutMs)
  try {
    const member = await openDatabaseMember({
      place,
      controlToken,
      generations: {
        load: () => state.generation,
        save(generation) {
          file.write({ ...state, generation })
          state.generation = generation
        },
      },
      guard,
      env,
      outputFd: output.fd,
      clock,
      log,
      state,
      save: file.write,
      patienceMs: Math.min(1_000, ...looks),
      ...told,
    })
    return { member, output }
  } catch (error) {
    output.close()
    throw error
  }
}
