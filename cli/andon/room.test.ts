import { expect, test } from 'vitest'
import { fault } from '../../core/errors.ts'
import { Refused } from '../api.ts'
import { paints } from '../render.ts'
import { openRoom } from './room.ts'
import { burning, start, story } from './sample.ts'

/** Somebody at a terminal: what they press, what they see, and what is sent. */
function sitDown() {
  const sent: { path: string; body: object; key: string }[] = []
  const answers: (() => Promise<unknown>)[] = []
  let left = false
  const room = openRoom('en', {
    send(path, body, key) {
      sent.push({ path, body, key })
      return (answers.shift() ?? (async () => null))()
    },
    leave: () => {
      left = true
    },
    changed: () => undefined,
  })
  room.seen(burning, story)
  return {
    room,
    sent,
    answers,
    left: () => left,
    type(text: string) {
      for (const letter of text) room.press({ text: letter })
    },
    async press(name: string) {
      room.press({ text: '', name })
      await new Promise((resolve) => setImmediate(resolve))
    },
    foot: () => room.draw({ locale: 'en', zone: 'UTC', now: start }, { rows: 30, columns: 100 }, paints.plain)?.lines.slice(-2) ?? [],
  }
}

test('a key opens a line, Enter sends it, and the keys are back', async () => {
  const { type, press, sent, foot } = sitDown()
  type('j')
  expect(foot()[1]).toBe('What do you see? ')
  type('大阪でも q?')
  await press('return')
  expect(sent).toMatchObject([{ path: 'join', body: { text: '大阪でも q?' } }])
  expect(foot()).toEqual(['done', expect.stringMatching(/^\? help/)])
})

test('what is refused is told with its reason, and the words are still there to be mended', async () => {
  const { type, press, sent, answers, foot } = sitDown()
  answers.push(async () => {
    throw new Refused(409, { title: 'Refused: nobody is called Zed', detail: 'Nothing was changed.' })
  })
  type('lZed')
  await press('return')
  expect(foot()).toEqual([expect.stringContaining('nobody is called Zed'), expect.stringContaining('Zed')])
  await press('backspace')
  await press('backspace')
  await press('backspace')
  await press('return')
  expect(sent.map(({ body }) => body)).toEqual([{ person: 'Zed' }, {}])
})

test('sent again unchanged after the controller was away, it has the same key, so that it acts once', async () => {
  const { type, press, sent, answers } = sitDown()
  answers.push(async () => {
    throw fault('unreachable', { url: 'http://127.0.0.1:1', problem: 'TimeoutError' })
  })
  type('nstarted the pump')
  await press('return')
  await press('return')
  expect(sent[1]).toEqual(sent[0])
  type('nstarted the pump')
  await press('return')
  expect(sent[2]?.key).not.toBe(sent[0]?.key)
})

test('what makes no sense is not sent', async () => {
  const { type, press, sent, foot } = sitDown()
  type('t9')
  await press('return')
  expect(sent).toEqual([])
  expect(foot()).toEqual(['Say which lane: 1 to 4.', 'Which lane? NUMBER [MINUTES]: 9'])
})

test('a line that one left is there again under its key', async () => {
  const { type, press, sent, foot } = sitDown()
  type('uwe know that')
  await press('escape')
  expect(foot()[1]).toMatch(/^\? help/)
  type('j')
  await press('escape')
  type('u')
  expect(foot()[1]).toBe('Update for everybody: we know that')
  await press('return')
  expect(sent).toMatchObject([{ path: 'update', body: { text: 'we know that' } }])
})

test('what went wrong while one types something else is told, and both are kept', async () => {
  const { type, press, answers, foot } = sitDown()
  let fail = (_: Error) => {}
  answers.push(() => new Promise((_, reject) => (fail = reject)))
  type('none')
  await press('return')
  type('ktwo')
  fail(new Refused(422, { title: 'too long', detail: '' }))
  await press('end')
  expect(foot()).toEqual([expect.stringContaining('too long'), 'What gets better? two'])
  await press('escape')
  type('n')
  expect(foot()[1]).toBe('Note: one')
})

test('q and Ctrl-C leave; within a line q is a letter', () => {
  const one = sitDown()
  one.type('jq')
  expect(one.left()).toBe(false)
  one.room.press({ text: '\x03', name: 'c', ctrl: true })
  expect(one.left()).toBe(true)
  const two = sitDown()
  two.type('q')
  expect(two.left()).toBe(true)
})

test('help stands instead of the room until the next key', () => {
  const { type, room, foot, left } = sitDown()
  type('?')
  const lines = room.draw({ locale: 'en', zone: 'UTC', now: start }, { rows: 30, columns: 100 }, paints.plain)?.lines.join('\n')
  expect(lines).toContain('resolve: how was it mended?')
  type('q')
  expect(left()).toBe(false)
  expect(foot()[1]).toMatch(/^\? help/)
})

test('a controller that goes away and comes back is told', () => {
  const { room, foot } = sitDown()
  room.connected(false)
  expect(foot()[0]).toMatch(/does not answer/)
  room.connected(true)
  expect(foot()[0]).toMatch(/answers again/)
})
