import type { Answers } from './answers.ts'
import type { Deliver } from './deliver.ts'
import { app, type Emulate, team } from './emulate.ts'
import * as payloads from './payloads.ts'
import type { Seen } from './seen.ts'
import type { SignOptions } from './signed.ts'
import type { Delivery, Fields, Message, View } from './types.ts'
import { elementOf, filled, stateOf } from './values.ts'
import type { Views } from './views.ts'
import type { Web } from './web.ts'

/**
 * People who act. What they do happens in emulate (in their own name, so Slack's rules hold for them too), and then the app is told,
 * by socket or by signed request, of what it may know: rooms it is a member of, and what is addressed to it.
 * Each verb resolves when the app has acknowledged.
 */
export interface PeopleOptions {
  emulate: Emulate
  seen: Seen
  views: Views
  answers: Answers
  web: Web
  deliver: Deliver
}

export interface ActOptions extends SignOptions {
  /** Instead of Slack's own address for the answer. */
  responseUrl?: string
  /** Instead of a fresh one: one that is used or old. */
  triggerId?: string
}

export interface WriteOptions {
  /** Answer in the thread of this message. */
  thread?: Message | string
  file?: { name: string; content: string | Buffer }
}

export function openPeople(options: PeopleOptions) {
  const { emulate, seen, views, answers, web, deliver } = options

  return function as(name: string) {
    const id = emulate.ids.get(name)
    if (!id) throw new Error(`nobody is called ${name} in this workspace`)
    const actor: payloads.Actor = { id, name }
    const trigger = async (act: ActOptions, within?: View) => act.triggerId ?? (await views.trigger(id, within))
    const answerAt = (act: ActOptions, channel: string, original?: Message) =>
      act.responseUrl ?? web.hosts.responseUrl(answers.ticket(channel, id, original))

    /** Events of a room reach the app only when its bot is in there. */
    async function tell(channel: string, inner: Fields): Promise<void> {
      const members = await seen.membersOf(channel)
      if (members.includes(app.botUserId)) await deliver.event(payloads.event(inner))
    }

    async function said(message: Message): Promise<Message> {
      const { channel, replies: _replies, ...rest } = message
      const place = await seen.place(channel)
      const channelType = { public: 'channel', private: 'group', im: 'im' }[place.kind]
      const inner = { ...rest, channel, team: team.id, event_ts: message.ts }
      await tell(channel, { ...inner, type: 'message', channel_type: channelType })
      if (message.text.includes(`<@${app.botUserId}>`) && place.kind !== 'im') await tell(channel, { ...inner, type: 'app_mention' })
      return message
    }

    async function write(channel: string, text: string, { thread, file }: WriteOptions = {}): Promise<Message> {
      const thread_ts = typeof thread === 'string' ? thread : thread?.ts
      const members = await seen.membersOf(channel)
      if (!members.includes(id as string)) throw new Error(`${name} is not in ${channel}`)
      const ts = file
        ? await share(channel, text, file, thread_ts)
        : ((await emulate.must(name, 'chat.postMessage', { channel, text, thread_ts })).ts as string)
      const message = await seen.message(channel, ts)
      if (!message) throw new Error(`${name}'s message is not there`)
      return said(web.hosts.told(message))
    }

    async function share(channel: string, text: string, file: { name: string; content: string | Buffer }, thread_ts?: string) {
      const content = Buffer.from(file.content)
      const ask = { filename: file.name, length: content.length }
      const { upload_url, file_id } = await emulate.must(name, 'files.getUploadURLExternal', ask)
      await fetch(String(upload_url), { method: 'POST', body: new Uint8Array(content) })
      const files = [{ id: file_id, title: file.name }]
      const done = await emulate.must(name, 'files.completeUploadExternal', {
        files,
        channel_id: channel,
        initial_comment: text,
        thread_ts,
      })
      const shares = (done.files as { shares: Record<string, Record<string, { ts: string }[]>> }[])[0]?.shares
      const share = Object.values(shares ?? {}).flatMap((byChannel) => byChannel[channel] ?? [])[0]
      if (!share) throw new Error(`${file.name} was not shared`)
      return share.ts
    }

    async function act(message: Message | View, which: string, change: (element: Fields) => Fields, how: ActOptions): Promise<Delivery> {
      const { block, element } = elementOf(message.blocks, which)
      const actions = [payloads.action(block, element, change(element))]
      if ('ts' in message) {
        const now =
          (message.ephemeral ? undefined : await seen.message(message.channel as string, message.ts as string)) ?? (message as Message)
        const place = await seen.place(now.channel)
        const url = answerAt(how, now.channel, now)
        const payload = payloads.blockActions(actor, { message: web.hosts.told(now), place }, actions, await trigger(how), url)
        return deliver.interaction(payload, how)
      }
      const view = message as View
      return deliver.interaction(payloads.blockActions(actor, { view }, actions, await trigger(how, view), ''), how)
    }

    const top = (): View => {
      const view = views.stack(id).at(-1)
      if (!view) throw new Error(`${name} has no modal before them`)
      return view
    }

    return {
      id,
      name,

      /** Types a slash command. `channel` by name or id; default `general`. */
      async command(command: string, text = '', { channel = 'general', ...how }: ActOptions & { channel?: string } = {}) {
        const place = await seen.place(channel)
        const payload = payloads.command(actor, place, command, text, await trigger(how), answerAt(how, place.id))
        const delivery = await deliver.command(payload, how)
        if (delivery.ack && !delivery.late) await answers.say(place.id, id, delivery.ack as string | Fields)
        return delivery
      },

      /** `which`: an `action_id`, or the words on the button. The message as it is now, a private one, a modal or a Home. */
      clickButton: (target: Message | View, which: string, how: ActOptions = {}) => act(target, which, () => ({}), how),
      /** Chooses in a select, an overflow menu, a date: by value, words or id. */
      choose: (target: Message | View, which: string, value: string | string[], how: ActOptions = {}) =>
        act(target, which, (element) => filled(element as never, value), how),

      /** Submits the modal that is on top. `values` by `block_id` or `action_id`. */
      async submitView(values: Record<string, string | string[]> = {}, how: ActOptions = {}) {
        const view = top()
        const delivery = await deliver.interaction(
          payloads.viewSubmission(actor, view, stateOf(view, values), await trigger(how, view)),
          how,
        )
        if (delivery.delivered && !delivery.late) await views.submitted(id, view, delivery.ack)
        return delivery
      },
      /** Closes it; the app is told only if it asked (`notify_on_close`). */
      async closeView(how: ActOptions = {}): Promise<Delivery | undefined> {
        const view = top()
        views.close(id)
        if (view.notify_on_close) return deliver.interaction(payloads.viewClosed(actor, view, false), how)
      },

      shortcut: async (callbackId: string, how: ActOptions = {}) =>
        deliver.interaction(payloads.shortcut(actor, callbackId, await trigger(how)), how),
      async messageShortcut(callbackId: string, message: Message, how: ActOptions = {}) {
        const place = await seen.place(message.channel)
        const url = answerAt(how, message.channel, message)
        return deliver.interaction(payloads.messageAction(actor, callbackId, message, place, await trigger(how), url), how)
      },

      message: async (channel: string, text: string, what: WriteOptions = {}) => write(await seen.id(channel), text, what),
      /** As `message`, with the bot's name before it. */
      mention: async (channel: string, text: string, what: WriteOptions = {}) =>
        write(await seen.id(channel), `<@${app.botUserId}> ${text}`, what),
      /** Writes to the bot alone. */
      async dm(text: string, what: WriteOptions = {}) {
        const { channel } = await emulate.must(name, 'conversations.open', { users: app.botUserId })
        return write((channel as { id: string }).id, text, what)
      },
      async editMessage(message: Message, text: string): Promise<Message> {
        const { channel, ts } = message
        await emulate.must(name, 'chat.update', { channel, ts, text })
        const now = (await seen.message(channel, ts)) as Message
        const change = { subtype: 'message_changed', hidden: true, ts: (Date.now() / 1000).toFixed(6), channel_type: 'channel' }
        await tell(channel, { type: 'message', ...change, channel, message: now, previous_message: message })
        return now
      },
      async deleteMessage(message: Message): Promise<void> {
        const { channel, ts } = message
        await emulate.must(name, 'chat.delete', { channel, ts })
        const change = { subtype: 'message_deleted', hidden: true, ts: (Date.now() / 1000).toFixed(6), channel_type: 'channel' }
        await tell(channel, { type: 'message', ...change, channel, deleted_ts: ts, previous_message: message })
      },
      async react(message: Message, reaction: string, how: 'add' | 'remove' = 'add'): Promise<void> {
        const { channel, ts } = message
        await emulate.must(name, `reactions.${how}`, { channel, timestamp: ts, name: reaction })
        const type = how === 'add' ? 'reaction_added' : 'reaction_removed'
        await tell(channel, { type, user: id, reaction, item: { type: 'message', channel, ts }, item_user: message.user })
      },
      async join(channel: string): Promise<void> {
        const place = await seen.place(channel)
        await emulate.must(name, 'conversations.join', { channel: place.id })
        await tell(place.id, { type: 'member_joined_channel', user: id, channel: place.id, channel_type: 'C', team: team.id })
      },
      async leave(channel: string): Promise<void> {
        const place = await seen.place(channel)
        await emulate.must(name, 'conversations.leave', { channel: place.id })
        await tell(place.id, { type: 'member_left_channel', user: id, channel: place.id, channel_type: 'C', team: team.id })
      },
      /** Asks the bot in, as one types `/invite @jidoka`. */
      async inviteBot(channel: string): Promise<void> {
        const place = await seen.place(channel)
        await emulate.must(name, 'conversations.invite', { channel: place.id, users: app.botUserId })
        const joined = { user: app.botUserId, channel: place.id, channel_type: 'C', team: team.id, inviter: id }
        await tell(place.id, { type: 'member_joined_channel', ...joined })
      },
      openHome: () => deliver.home(actor),
    }
  }
}
