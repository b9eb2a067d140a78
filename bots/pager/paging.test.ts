import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { fault } from '../../core/errors.ts'
import { idMint } from '../../core/ids.ts'
import { openJournal } from '../../core/journal/open.ts'
import { type Log, silentLog } from '../../core/log.ts'
import { seededRandom } from '../../core/random.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { openPaging } from './paging.ts'

test('when no pager takes a page, the phone numbers are shown where people look, and stand in no log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-paging-'))
  const clock = virtualClock(Date.parse('2026-11-21T00:00:00Z'), { drain: 'immediates' })
  const journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(1)) })
  const person = { id: 'ben', name: 'Ben', phone: '+49 30 1234567', email: 'ben@example.com' }
  const catalog = indexCatalog(
    configSchema.parse({ people: [person], policies: [{ id: 'all', levels: [{ notify: ['person:ben'] }] }], andon: { policy: 'all' } }),
  )
  const written: string[] = []
  const logged: unknown[] = []
  const log: Log = { ...silentLog, error: (...line) => void logged.push(line), child: () => log }
  const broken = {
    kind: 'broken',
    async deliver() {
      throw fault('page-not-sent', { kind: 'broken', problem: `no line to ${person.phone} and ${person.email}` })
    },
  }
  const write = (line: string) => void written.push(line)
  const paging = openPaging({ catalog, journal, pagers: [broken], clock, log, folder, write, environment: () => undefined, feedKey: 'key' })
  await paging.start()
  const payload = { component: 'polaris', failure: 'hung', evidence: 'no answer', reason: 'nothing helped' }
  await journal.post({ channel: 'page', dedupe: 'x', incident: null, payload })
  await clock.advance(1_000)
  await paging.stop()
  expect(written.join()).toContain('Ben                  +49 30 1234567')
  expect(existsSync(join(folder, 'roster.json'))).toBe(true)
  expect(logged.length).toBeGreaterThan(0)
  const kept = JSON.stringify([logged, await journal.events(0, 100), await paging.desk.list({}, { limit: 10 })])
  for (const secret of ['1234567', 'example.com']) expect(kept).not.toContain(secret)
  await journal.close()
  rmSync(folder, { recursive: true })
})
