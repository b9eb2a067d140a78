import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import { isFault } from '../../core/errors.ts'
import { follow } from '../../core/journal/follow.ts'
import type { Journal, JournalEvent } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import { type Andon, ended, type Person } from './andon.ts'
import { peopleOf } from './people.ts'
import type { AndonDesk } from './ports.ts'

interface LeadPorts {
  desk: Pick<AndonDesk, 'get' | 'command'>
  catalog: Catalog
  journal: Journal
  clock: Clock
  log: Log
  /** Says to the pagers that somebody has it. `page` is the key by which it was called; unknown ones are no matter. */
  acknowledge(page: string, by: Person): Promise<void>
}

/**
 * Who takes the lead need not acknowledge the page too, and who acknowledges the page leads: the same word, whatever it was said to.
 */
export function followLeads({ desk, catalog, journal, clock, log, acknowledge }: LeadPorts) {
  const people = peopleOf(catalog)

  async function onAcknowledged(andon: Andon, by: Person): Promise<void> {
    if (ended(andon) || andon.roles.lead) return
    const actor = people.actor(people.configured(by.id), by, 'pager')
    await desk.command(andon.id, 'lead', {}, actor)
  }

  /** The keys of its calls: the first one, and those that came later. */
  async function onLead(andon: Andon, seq: number, by: Person): Promise<void> {
    const calls = await journal.events(0, 1_000, { andon: andon.id })
    const pages = calls.flatMap(({ kind, data, seq: at }) => (kind === 'andon.call' && at < seq ? [String(data.page)] : []))
    for (const page of new Set(pages)) await acknowledge(page, by)
  }

  async function handle({ kind, andon: id, data, seq }: JournalEvent): Promise<void> {
    const mine = kind === 'page.acknowledged' || (kind === 'andon.role' && data.role === 'lead' && data.person !== null)
    const andon = mine && id !== null ? await desk.get(id) : null
    if (!andon) return
    const by = (kind === 'andon.role' ? data.person : data.by) as unknown as Person
    try {
      await (kind === 'andon.role' ? onLead(andon, seq, by) : onAcknowledged(andon, by))
    } catch (error) {
      // It ended meanwhile, or there is no such page: nothing is left to do.
      if (!isFault(error, 'refused', 'not-found')) throw error
    }
  }

  return follow({ journal, clock, log, subscriber: 'andon-leads', handle })
}
