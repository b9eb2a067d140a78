import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { surfaceMethods } from './calls.ts'
import type { AnySlackHandler } from './define.ts'
import { slackHandlers } from './handlers/registry.ts'
import { manifest, scopesOf } from './manifest.ts'
import { slackMethods } from './methods.ts'

const handlers: readonly AnySlackHandler[] = slackHandlers
const socket = manifest({ mode: 'socket' })
const of = (kind: AnySlackHandler['kind']) => handlers.filter((handler) => handler.kind === kind)

/** What Slack asks for before it sends an event. Source: Slack's reference of each event. */
const scopeOfEvent: Record<string, string | null> = {
  app_home_opened: null,
  app_mention: 'app_mentions:read',
  channel_archive: 'channels:read',
  channel_rename: 'channels:read',
  channel_unarchive: 'channels:read',
  group_archive: 'groups:read',
  group_rename: 'groups:read',
  group_unarchive: 'groups:read',
  member_joined_channel: 'channels:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  reaction_added: 'reactions:read',
  reaction_removed: 'reactions:read',
}

describe('the manifest and the handlers say the same', () => {
  test('commands and shortcuts, and nothing else', () => {
    expect(socket.features.slash_commands.map(({ command }) => command)).toEqual(of('command').map(({ match }) => match))
    expect(socket.features.shortcuts.map(({ callback_id, type }) => `${type} ${callback_id}`)).toEqual([
      ...of('shortcut').map(({ match }) => `global ${match}`),
      ...of('messageShortcut').map(({ match }) => `message ${match}`),
    ])
  })

  test('events: each that a handler waits for is subscribed to, and no other', () => {
    const subscribed = socket.settings.event_subscriptions.bot_events
    const waited = new Set(of('event').flatMap(({ match }) => match as readonly string[]))
    expect(new Set(subscribed.map((name) => name.split('.')[0]))).toEqual(waited)
    for (const name of subscribed) {
      expect(scopeOfEvent, name).toHaveProperty([name])
      const scope = scopeOfEvent[name]
      if (scope) expect(scopesOf(), name).toContain(scope)
    }
  })

  test('names are unique, and a kind of modal or button has one handler', () => {
    expect(new Set(handlers.map(({ name }) => name)).size).toBe(handlers.length)
    for (const kind of ['action', 'view'] as const)
      expect(
        of(kind)
          .map(({ match }) => String(match))
          .toSorted(),
      ).toEqual(kind === 'action' ? ['/^andon:/', '/^approval:/', '/^duty:/'] : ['/^andon:/', '/^duty:/'])
  })
})

test('every method of the Web API that is called stands in a table with its scopes', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test)\.ts$/.test(file))
  const families =
    '(?:api|apps|auth|bookmarks|canvases|chat|conversations|files|pins|reactions|team|usergroups|users|views|dnd|emoji|reminders|search|stars)'
  const called = files.flatMap((file) => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8')
    return [...text.matchAll(new RegExp(`'(${families}(?:\\.[a-zA-Z]+)+)'`, 'g'))].map((match) => match[1] as string)
  })
  const known = new Set([...Object.keys(slackMethods), ...Object.keys(surfaceMethods)])
  expect(called.length).toBeGreaterThan(20)
  expect([...new Set(called)].filter((method) => !known.has(method) && !method.endsWith('.slack.com'))).toEqual([])
})

test('what Slack would refuse of it', () => {
  const { display_information, features } = socket
  expect(display_information.name.length).toBeLessThanOrEqual(35)
  expect(display_information.description.length).toBeLessThanOrEqual(140)
  expect(display_information.long_description.length).toBeGreaterThanOrEqual(175)
  expect(display_information.long_description.length).toBeLessThanOrEqual(4_000)
  for (const { name, description } of features.shortcuts) {
    expect(name.length).toBeLessThanOrEqual(24)
    expect(description.length).toBeLessThanOrEqual(150)
  }
  expect(features.shortcuts.length).toBeLessThanOrEqual(10)
  for (const { description, usage_hint } of features.slash_commands) {
    expect(description.length).toBeLessThanOrEqual(2_000)
    expect(usage_hint.length).toBeLessThanOrEqual(1_000)
  }
})

test('by HTTP every address is ours; by socket there is none', () => {
  const http = manifest({ mode: 'http', url: 'https://ops.example/ignored' })
  expect(JSON.stringify(http).match(/https:\/\/ops\.example\/slack\/events/g)).toHaveLength(3)
  expect(http.settings.socket_mode_enabled).toBe(false)
  expect(JSON.stringify(socket)).not.toContain('request_url')
})
