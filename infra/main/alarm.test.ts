import { expect, test } from 'vitest'
import type { Page } from '../../bots/pager/define.ts'
import { type AlertInput, keyOf } from '../../core/alerts/alert.ts'
import { fault } from '../../core/errors.ts'
import { silentLog } from '../../core/log.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { storeAlarm } from './alarm.ts'

const full = fault('store-full', { path: '/data/jidoka.db', problem: 'no room' })

function stage() {
  const clock = virtualClock()
  const pages: Page[] = []
  const pager = { deaf: false }
  const deliver = async (page: Page) => {
    if (pager.deaf) throw fault('page-not-sent', { kind: 'test', problem: 'nobody there' })
    pages.push(page)
  }
  return { clock, pages, pager, ...storeAlarm({ clock, log: silentLog, pagers: [{ kind: 'test', deliver }] }) }
}

const dead = (member: string): AlertInput => ({
  key: keyOf('polaris', member, 'agent:a'),
  component: 'polaris',
  member,
  signal: 'exit',
  status: 'firing',
  source: 'agent:a',
  summary: 'its process ended',
  at: 1,
})

test('one page at once tells what is broken, what was seen, that nothing is mended, and what to do', async () => {
  const { alarm, pages, clock } = stage()
  alarm(full, [dead('polaris-1')])
  await clock.advance(0)
  expect(pages).toHaveLength(1)
  for (const words of ['/data/jidoka.db', 'polaris-1: its process ended', 'nothing is mended', 'Make room'])
    expect(pages[0]?.text).toContain(words)
})

test('as long as it lasts, only what is new is told, and a reminder each hour', async () => {
  const { alarm, pages, clock } = stage()
  for (let second = 0; second < 3_700; second++) {
    alarm(full, [dead('polaris-1'), ...(second >= 1_000 ? [dead('polaris-2')] : [])])
    await clock.advance(1_000)
  }
  expect(pages).toHaveLength(2)
  expect(pages[1]?.text).toContain('polaris-2')
  expect(pages[1]?.text).not.toContain('polaris-1')
  for (let second = 0; second < 1_000; second++) {
    alarm(full)
    await clock.advance(1_000)
  }
  expect(pages).toHaveLength(3)
  expect(new Set(pages.map((page) => page.dedupe)).size).toBe(3)
})

test('a page that no pager took is tried again, with all that was seen', async () => {
  const { alarm, pages, pager, clock } = stage()
  pager.deaf = true
  alarm(full, [dead('polaris-1')])
  await clock.advance(10_000)
  pager.deaf = false
  alarm(full, [dead('polaris-2')])
  await clock.advance(0)
  expect(pages).toHaveLength(1)
  for (const member of ['polaris-1', 'polaris-2']) expect(pages[0]?.text).toContain(member)
})

test('what comes back after a while is a trouble of its own', async () => {
  const { alarm, pages, clock } = stage()
  alarm(full)
  await clock.advance(61_000)
  alarm(full)
  await clock.advance(0)
  expect(pages).toHaveLength(2)
})

test('the controller knows of itself that it cannot record, until a while after the last failure', async () => {
  const { alarm, lasts, clock } = stage()
  expect(lasts()).toBe(false)
  alarm(full)
  expect(lasts()).toBe(true)
  await clock.advance(10_000)
  expect(lasts()).toBe(false)
})
