import { randomUUID } from 'node:crypto'
import { app, team } from './emulate.ts'
import type { Block, Element, Fields, Message, View } from './types.ts'

/** What Slack sends to an app, built from what happened in the workspace. The same for both transports. */
export interface Actor {
  id: string
  name: string
}

export interface Place {
  id: string
  name: string
  /** `directmessage` and `privategroup` stand for the name in commands, as in Slack. */
  kind: 'public' | 'private' | 'im'
}

const base = (user: Actor) => ({
  token: 'verification-token',
  team: { id: team.id, domain: team.domain },
  enterprise: null,
  is_enterprise_install: false,
  api_app_id: app.id,
  user: { id: user.id, username: user.name, name: user.name, team_id: team.id },
})

const nowTs = () => (Date.now() / 1000).toFixed(6)
const commandName = { public: (place: Place) => place.name, private: () => 'privategroup', im: () => 'directmessage' }

export const commandChannelName = (place: Place): string => commandName[place.kind](place)

export const command = (user: Actor, place: Place, name: string, text: string, triggerId: string, responseUrl: string): Fields => ({
  token: 'verification-token',
  team_id: team.id,
  team_domain: team.domain,
  channel_id: place.id,
  channel_name: commandChannelName(place),
  user_id: user.id,
  user_name: user.name,
  command: name,
  text,
  api_app_id: app.id,
  is_enterprise_install: 'false',
  response_url: responseUrl,
  trigger_id: triggerId,
})

/** `change`: what the person chose, beside what the element itself says. */
export const action = (block: Block, element: Element, change: Fields = {}): Fields => ({
  type: element.type,
  action_id: element.action_id,
  block_id: block.block_id ?? 'block',
  ...(element.type === 'button' ? { text: element.text, ...(element.value === undefined ? {} : { value: element.value }) } : {}),
  ...change,
  action_ts: nowTs(),
})

export function blockActions(
  user: Actor,
  target: { message: Message; place: Place } | { view: View },
  actions: Fields[],
  triggerId: string,
  responseUrl: string,
): Fields {
  const common = { type: 'block_actions', ...base(user), trigger_id: triggerId, actions }
  if ('view' in target) {
    const { errors: _errors, ...view } = target.view
    return { ...common, container: { type: 'view', view_id: view.id }, view: { ...view, state: { values: {} } } }
  }
  const { message, place } = target
  const { channel, ephemeral, replies: _replies, ...said } = message
  const thread = message.thread_ts ? { thread_ts: message.thread_ts } : {}
  return {
    ...common,
    container: { type: 'message', message_ts: message.ts, channel_id: channel, is_ephemeral: ephemeral ?? false, ...thread },
    channel: { id: channel, name: commandChannelName(place) },
    // Slack does not tell what an ephemeral message said.
    ...(ephemeral ? {} : { message: { type: 'message', ...said } }),
    state: { values: {} },
    response_url: responseUrl,
  }
}

const viewPart = (user: Actor, view: View, values: Fields) => {
  const { errors: _errors, ...rest } = view
  return { ...base(user), view: { ...rest, state: { values } } }
}

export const viewSubmission = (user: Actor, view: View, values: Fields, triggerId: string): Fields => ({
  type: 'view_submission',
  ...viewPart(user, view, values),
  trigger_id: triggerId,
  response_urls: [],
})

export const viewClosed = (user: Actor, view: View, cleared: boolean): Fields => ({
  type: 'view_closed',
  ...viewPart(user, view, {}),
  is_cleared: cleared,
})

/** A global shortcut: it tells of no channel. */
export const shortcut = (user: Actor, callbackId: string, triggerId: string): Fields => ({
  type: 'shortcut',
  ...base(user),
  callback_id: callbackId,
  trigger_id: triggerId,
  action_ts: nowTs(),
})

export const messageAction = (
  user: Actor,
  callbackId: string,
  message: Message,
  place: Place,
  triggerId: string,
  responseUrl: string,
): Fields => {
  const { channel, replies: _replies, ...said } = message
  return {
    type: 'message_action',
    ...base(user),
    callback_id: callbackId,
    trigger_id: triggerId,
    response_url: responseUrl,
    message_ts: message.ts,
    channel: { id: channel, name: commandChannelName(place) },
    message: { type: 'message', ...said },
    action_ts: nowTs(),
  }
}

/** An event in its envelope, with an id of its own. */
export const event = (inner: Fields): Fields => ({
  token: 'verification-token',
  team_id: team.id,
  context_team_id: team.id,
  api_app_id: app.id,
  event: { event_ts: nowTs(), ...inner },
  type: 'event_callback',
  event_id: `Ev${randomUUID().replaceAll('-', '').slice(0, 12).toUpperCase()}`,
  event_time: Math.floor(Date.now() / 1000),
  authorizations: [{ enterprise_id: null, team_id: team.id, user_id: app.botUserId, is_bot: true, is_enterprise_install: false }],
  is_ext_shared_channel: false,
})
