import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from '../../core/errors.ts'
import { answers, cutPower, spawnAgent, whenAnswering } from './agents.ts'
import { nodes } from './layout.ts'
import { type ExampleMember, isStopped, memberCalled, membersOf, processesOf, unknown } from './members.ts'
import { isStill, signal } from './processes.ts'
import { ask, readToken } from './service.ts'
import { mark, openExample, readMarks, readState, unmark, writeState } from './state.ts'

/** Behind `jidoka example status|kill|hang|lose|restore`: breaks the example platform on purpose, and mends it again. */
export interface ControlOptions {
  dataFolder: string
}

/** Pinned: scripts read it. */
export interface ExampleStatus {
  router: string
  members: { id: string; component: string; pid: number | null; port: number; role: string }[]
  /** Null while the driver does not answer. */
  traffic: { sent: number; answered: number; refused: number; byNonActive: number } | null
}

const timeoutMs = 1_000

/** The roles as the controller knows them; as the members say themselves when no controller answers. */
export async function exampleStatus({ dataFolder }: ControlOptions): Promise<ExampleStatus> {
  const { config, state } = openExample(dataFolder)
  const members = membersOf(config)
  const processes = processesOf(members)
  const known = await rolesOfController(dataFolder, state.controllerUrl)
  const roles = await Promise.all(members.map(async (member) => known?.get(member.id) ?? (await roleOfMember(member))))
  return {
    router: memberCalled(members, 'router').url,
    members: members.map(({ id, component, port }, i) => ({
      id,
      component,
      pid: processes.get(id)?.pid ?? null,
      port,
      role: roles[i] ?? 'unknown',
    })),
    traffic: await counts(memberCalled(members, 'traffic').url),
  }
}

/** What is broken on purpose now: members that cannot start, nodes that stay away, processes that are stopped. */
export function exampleMarks({ dataFolder }: ControlOptions): { broken: string[]; lost: string[]; hanging: string[] } {
  const { folder, config } = openExample(dataFolder)
  const hanging = [...processesOf(membersOf(config))].filter(([, seen]) => isStopped(seen)).map(([id]) => id)
  return { ...readMarks(folder), hanging }
}

/** kill -9. With `forGood` it cannot come up again until it is restored. Answers what happens next, in sentences. */
export async function kill({ dataFolder }: ControlOptions, id: string, { forGood = false } = {}): Promise<string[]> {
  const { folder, member, seen } = find(dataFolder, id)
  if (!seen && !forGood) throw notRunning(member)
  if (forGood) mark(folder, 'broken', id)
  if (seen) signal(seen, 'SIGKILL')
  const what = seen ? `${id} (pid ${seen.pid}) was killed.` : `${id} was not running.`
  if (!forGood) return [what, `Its agent ${member.node} sees the end at once, and Jidoka starts it again.`]
  return [
    what,
    member.hasStandby
      ? `It cannot come up again: the restart fails, and when it was the active one, ${member.title} moves to its standby.`
      : 'It cannot come up again: the restart fails, and a person is called.',
    `Undo it: jidoka example restore ${id}`,
  ]
}

/** SIGSTOP: it keeps its port and its connections, and answers nothing. */
export async function hang({ dataFolder }: ControlOptions, id: string): Promise<string[]> {
  const { member, seen } = find(dataFolder, id)
  if (!seen) throw notRunning(member)
  signal(seen, 'SIGSTOP')
  return [
    `${id} (pid ${seen.pid}) hangs: it holds its port and answers nothing.`,
    'Three probes in a row get no answer, then Jidoka kills it and starts it again; TERM alone would do nothing to it.',
    `To thaw it yourself: jidoka example restore ${id}`,
  ]
}

/** The whole node of a member, or a node by its name: the agent and all its processes are gone, and stay so. */
export async function lose({ dataFolder }: ControlOptions, target: string): Promise<string[]> {
  const { folder, state, config } = openExample(dataFolder)
  const members = membersOf(config)
  const node = nodeOf(target, members)
  const record = state.agents[node]
  const onNode = members.filter((member) => member.node === node)
  const processes = processesOf(onNode)
  const alive = record !== undefined && isStill(record)
  if (!alive && processes.size === 0 && readMarks(folder).lost.includes(node)) {
    throw fault('conflict', { problem: `${node} is lost already.`, hint: `Bring it back: jidoka example restore ${node}` })
  }
  mark(folder, 'lost', node)
  await cutPower(record ?? { command: [], pid: 0, startedAt: '' }, [...processes.values()])
  const standby = onNode.find((member) => member.hasStandby)
  return [
    `${node} is gone: its agent and ${onNode.map(({ id }) => id).join(', ')} were killed at once.`,
    standby
      ? `Nobody is left there to say that ${standby.id} has ended. If it was the active one, Jidoka waits until its role lease is over, and then promotes the standby.`
      : 'Nothing can restart them from outside: a person is called.',
    `Bring it back: jidoka example restore ${node}`,
  ]
}

/** Takes back what was done to a member, a node, or `all`. */
export async function restore({ dataFolder }: ControlOptions, target: string): Promise<string[]> {
  const { folder, config } = openExample(dataFolder)
  const members = membersOf(config)
  const isNode = target in nodes
  if (target !== 'all' && !isNode && !members.some(({ id }) => id === target)) throw unknownTarget(target, members)
  const concerned = members.filter((member) => target === 'all' || member.id === target || member.node === target)
  const { broken, lost } = readMarks(folder)

  const told: string[] = []
  for (const { id } of concerned.filter((member) => broken.includes(member.id))) {
    unmark(folder, 'broken', id)
    told.push(`${id} may start again.`)
  }
  for (const node of new Set(concerned.map((member) => member.node))) if (lost.includes(node)) told.push(await bringBack(dataFolder, node))
  for (const [id, seen] of processesOf(concerned))
    if (isStopped(seen) && signal(seen, 'SIGCONT')) told.push(`${id} (pid ${seen.pid}) goes on.`)
  for (const member of concerned) told.push(...(await startAgain(folder, member, config.agents.find(({ id }) => id === member.node)?.url)))
  return told.length > 0 ? told : [`Nothing was broken on purpose ${target === 'all' ? '' : `with ${target} `}that is not mended already.`]
}

async function bringBack(dataFolder: string, node: string): Promise<string> {
  const { folder, state, config } = openExample(dataFolder)
  unmark(folder, 'lost', node)
  const url = config.agents.find(({ id }) => id === node)?.url
  const record = state.agents[node]
  if (!url || !record) throw unknown('node', node, Object.keys(nodes))
  if (isStill(record)) return `${node} runs already.`
  const started = spawnAgent(folder, node, record.command)
  // Read again: another command may have written meanwhile.
  const now = readState(folder) ?? state
  writeState(folder, { ...now, agents: { ...now.agents, [node]: started } })
  await whenAnswering(folder, node, url, started)
  return `${node} is back: its agent runs as pid ${started.pid} and starts its processes.`
}

/** A member that was given up is not started by anybody: its agent is asked. */
async function startAgain(folder: string, member: ExampleMember, agent: string | undefined): Promise<string[]> {
  if (processesOf([member]).size > 0) return []
  const hooks = `${agent}/members/${member.id}`
  if (!agent || !(await answers(agent)))
    return [`${member.id} does not run, and neither does its agent ${member.node}. Start both: jidoka up --example`]
  const { body } = await ask(`${hooks}/health`, { timeoutMs })
  const headers = { 'idempotency-key': `example/${randomUUID()}`, 'jidoka-generation': String(body.generation ?? 0) }
  const { status, body: told } = await ask(`${hooks}/control/restart`, {
    method: 'POST',
    body: {},
    token: readToken(folder),
    headers,
    timeoutMs: 10_000,
  })
  if (status >= 300) return [`${member.id} could not be started: ${told.title ?? status}. Try: jidoka restart ${member.component}`]
  return [`${member.id} is started${member.hasStandby ? ' and comes back as standby' : ''}.`]
}

function find(dataFolder: string, id: string) {
  const { folder, config } = openExample(dataFolder)
  const members = membersOf(config)
  const member = memberCalled(members, id)
  return { folder, member, seen: processesOf([member]).get(id) }
}

function nodeOf(target: string, members: readonly ExampleMember[]): string {
  const node = target in nodes ? target : members.find(({ id }) => id === target)?.node
  if (!node) throw unknownTarget(target, members)
  return node
}

const unknownTarget = (target: string, members: readonly ExampleMember[]) =>
  unknown('member or node', target, [...Object.keys(nodes), ...members.map(({ id }) => id)])

const notRunning = ({ id }: ExampleMember) =>
  fault('conflict', { problem: `${id} does not run now.`, hint: `See jidoka example status; start it with: jidoka example restore ${id}` })

async function rolesOfController(dataFolder: string, controllerUrl: string): Promise<Map<string, string> | null> {
  const file = join(dataFolder, 'token')
  if (!existsSync(file)) return null
  try {
    const { status, body } = await ask(`${controllerUrl}/v1/components?limit=200`, { token: readFileSync(file, 'utf8').trim(), timeoutMs })
    if (status !== 200) return null
    const items = body.items as { members: { id: string; role: string }[] }[]
    return new Map(items.flatMap(({ members }) => members.map(({ id, role }) => [id, role] as const)))
  } catch {
    return null
  }
}

async function roleOfMember({ url }: ExampleMember): Promise<string> {
  try {
    const { body } = await ask(`${url}/health`, { timeoutMs: 500 })
    return typeof body.role === 'string' ? body.role : 'unknown'
  } catch {
    return 'unknown'
  }
}

async function counts(url: string): Promise<ExampleStatus['traffic']> {
  try {
    const { body } = await ask(`${url}/traffic`, { timeoutMs })
    const { sent, answered, refused, byNonActive } = body as Record<'sent' | 'answered' | 'refused' | 'byNonActive', number>
    return { sent, answered, refused, byNonActive }
  } catch {
    return null
  }
}
