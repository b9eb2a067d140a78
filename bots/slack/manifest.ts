import { surfaceMethods } from './calls.ts'
import type { AnySlackHandler } from './define.ts'
import { slackHandlers } from './handlers/registry.ts'
import { slackMethods } from './methods.ts'
import { slackPath } from './path.ts'

export interface ManifestOptions {
  mode: 'socket' | 'http'
  /** Where this controller is reached from outside, like `https://jidoka.example`; with `http` only. */
  url?: string
}

/**
 * The app as Slack is told of it, made from the handlers and from the methods that are called: each workspace makes its own app of it,
 * so that nobody shares tokens, and Slack's limits for apps of others do not apply.
 */
export function manifest({ mode, url }: ManifestOptions, handlers: readonly AnySlackHandler[] = slackHandlers) {
  const request = mode === 'http' ? { request_url: new URL(slackPath, url ?? 'https://jidoka.example').href } : {}
  const address = mode === 'http' ? { url: request.request_url } : {}
  const of = (kind: AnySlackHandler['kind']) => handlers.filter((handler) => handler.kind === kind)
  return {
    display_information: {
      name: 'Jidoka',
      description: 'Anybody pulls the andon; a room stands in seconds',
      long_description: longDescription,
      background_color: '#7a1f1f',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: 'jidoka', always_online: true },
      shortcuts: [
        ...of('shortcut').map((handler) => shortcutOf(handler, 'global')),
        ...of('messageShortcut').map((handler) => shortcutOf(handler, 'message')),
      ],
      slash_commands: of('command').map(({ match, help }) => ({
        command: match as string,
        ...address,
        description: help,
        usage_hint: '[what you see | help | list]',
        should_escape: true,
      })),
    },
    oauth_config: { scopes: { bot: scopesOf(handlers) } },
    settings: {
      event_subscriptions: { ...request, bot_events: sorted(handlers.flatMap(({ events }) => events)) },
      interactivity: { is_enabled: true, ...request },
      org_deploy_enabled: false,
      socket_mode_enabled: mode === 'socket',
      token_rotation_enabled: false,
    },
  }
}

/** Every scope that the bot needs: of what it is told, and of what it calls. */
export function scopesOf(handlers: readonly AnySlackHandler[] = slackHandlers): string[] {
  const methods: readonly { scopes: readonly string[] }[] = [...Object.values(slackMethods), ...Object.values(surfaceMethods)]
  return sorted([...handlers.flatMap(({ scopes }) => scopes), ...methods.flatMap(({ scopes }) => scopes)])
}

const sorted = (words: readonly string[]) => [...new Set(words)].sort()

const shortcutOf = ({ match, help }: AnySlackHandler, type: 'global' | 'message') => ({
  name: help,
  type,
  callback_id: match as string,
  description:
    type === 'global'
      ? 'Something looks wrong? One field, and everybody who can help comes'
      : 'Its words become the pull, and it stands first on the timeline',
})

const longDescription =
  `Jidoka watches a platform, mends what it can by itself, and calls people only when that fails. In Slack anybody pulls the andon with
one line, in English or Japanese: a room is made, whoever can help is invited, a leader is called, and what was known at that moment
stands on one card. Lanes, updates, inquiries to carriers, and runs of runbooks are worked on with buttons, or with the same words as
everywhere else. Everything is kept by your own controller; nothing leaves your network but what you see in Slack.`.replaceAll('\n', ' ')
