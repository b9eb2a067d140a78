import type { CommandResult, Commands } from '../../core/api/ports.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { fault } from '../../core/errors.ts'
import type { AndonId } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Actor, Andon } from './andon.ts'
import { personOf } from './entries.ts'
import { peopleOf } from './people.ts'
import { type AndonDesk, house } from './ports.ts'
import { settled } from './settled.ts'

export interface OrderPorts {
  desk: Pick<AndonDesk, 'get' | 'command'>
  commands: Pick<Commands, 'runRunbook'>
  journal: Pick<Journal, 'setSwitch'>
  catalog: Catalog
}

export interface Ordered {
  andon: Andon
  /** What came of it, in a sentence; also on the timeline. */
  answer: string
  /** False: it was refused, or it was a drill. */
  acted: boolean
}

export interface RunbookOrder {
  runbook: string
  member?: string
}

/**
 * What people order of the automatic from a room. It acts on the outside, so it is no command: it acts, and then tells. In a drill
 * nothing is ever done: it says what would be. Errors: `forbidden` (not an approver), `not-found` (andon, runbook), `refused` (the
 * component is not known).
 */
export interface Orders {
  /** Carries out what the automatic refused. */
  approve(id: AndonId, order: RunbookOrder, actor: Actor): Promise<Ordered>
  /** Once more what did not help, or was stopped. */
  retry(id: AndonId, order: RunbookOrder, actor: Actor): Promise<Ordered>
  /** Switches automation off for the component, until somebody switches it on. */
  stop(id: AndonId, order: { reason: string }, actor: Actor): Promise<Ordered>
}

export function openOrders({ desk, commands, journal, catalog }: OrderPorts): Orders {
  const people = peopleOf(catalog)

  async function prepared(id: AndonId, actor: Actor): Promise<{ andon: Andon; component: string }> {
    const andon = await settled(desk.get, id)
    const owns = andon.component !== null && people.owns(actor.id, andon.component.id)
    if (actor.rank !== 'approver' && !owns)
      throw fault('forbidden', { role: actor.rank, needs: 'approver (andon.approvers, or the owner of the component)' })
    if (!andon.component)
      throw fault('refused', { reason: 'nobody knows yet which component it is about', hint: 'Say it first: jidoka andon component.' })
    return { andon, component: andon.component.id }
  }

  async function run(what: 'approve' | 'retry', id: AndonId, { runbook, member }: RunbookOrder, actor: Actor): Promise<Ordered> {
    const { andon, component } = await prepared(id, actor)
    const reason = `${what === 'approve' ? 'approved' : 'tried again'} by ${actor.name} in ${andon.id}`
    const dryRun = andon.drill !== null
    const result = await commands.runRunbook(runbook, component, { by: actor.id, member, reason, dryRun })
    return told(what, andon, runbook, answerOf(result, dryRun), actor, result.kind === 'run' ? result.run.id : null)
  }

  async function stop(id: AndonId, { reason }: { reason: string }, actor: Actor): Promise<Ordered> {
    const { andon, component } = await prepared(id, actor)
    if (andon.drill) return told('stop', andon, null, `drill: automation of ${component} would be switched off (${reason})`, actor, null)
    await journal.setSwitch(component, true, actor.name, `${reason} (${andon.id})`)
    const told_ = await told('stop', andon, null, `automation of ${component} is off: ${reason}`, actor, null)
    return { ...told_, acted: true }
  }

  async function told(
    what: 'approve' | 'retry' | 'stop',
    { id }: Andon,
    runbook: string | null,
    answer: string,
    actor: Actor,
    run: string | null,
  ) {
    const andon = await desk.command(id, 'ordered', { what, runbook, answer, by: personOf(actor) }, house)
    return { andon, answer, acted: run !== null }
  }

  return {
    approve: (id, order, actor) => run('approve', id, order, actor),
    retry: (id, order, actor) => run('retry', id, order, actor),
    stop,
  }
}

function answerOf(result: CommandResult, drill: boolean): string {
  switch (result.kind) {
    case 'run':
      return `run ${result.run.id} has begun`
    case 'plan': {
      const steps = result.steps.map(({ name }) => name).join(', ') || 'nothing'
      return `${drill ? 'drill: ' : ''}this would be done: ${steps}`
    }
    case 'refused':
      return `refused (${result.code}): ${result.reason}`
  }
}
