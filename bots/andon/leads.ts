import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import { isFault } from '../../core/errors.ts'
import { follow } from '../../core/journal/follow.ts'
import type { Journal, JournalEvent } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import { ended, type Person } from './andon.ts'
import { peopleOf } from './people.ts'
import type { AndonDesk } from './ports.ts'

interface LeadPorts {
  desk: Pick<AndonDesk, 'get' | 'command'>
  catalog: Catalog
  journal: Journal
  clock: Clock
  log: Log
}

/** Who acknowledges the page of an andon leads it, unless somebody does already. (Who takes the lead is heard by the pager itself.) */
export function followLeads({ desk, catalog, journal, clock, log }: LeadPorts) {
  const people = peopleOf(catalog)

  async function handle({ kind, andon: id, data }: JournalEvent): Promise<void> {
    const andon = kind === 'page.acknowledged' && id !== null ? await desk.get(id) : null
    if (!andon || ended(andon) || andon.roles.lead) return
    const by = data.by as unknown as Person
    try {
      await desk.command(andon.id, 'lead', {}, people.actor(people.configured(by.id), by, 'pager'))
    } catch (error) {
      // It ended meanwhile: nothing is left to lead.
      if (!isFault(error, 'refused')) throw error
    }
  }

  return follow({ journal, clock, log, subscriber: 'andon-leads', handle })
}
