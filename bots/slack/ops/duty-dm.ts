import { dutyWhisper } from '../blocks/duty.ts'
import { keys } from '../message.ts'
import { defineSlackOp, type Said, type SlackTools, tolerating } from './define.ts'

/** Who has left, or is a bot, has nothing to be told. */
const nobody = ['user_not_found', 'user_disabled', 'cannot_dm_bot', 'user_not_visible']

/** Their conversation with us, and their language; null: they are not in Slack. */
export async function talkTo(
  to: string,
  tools: SlackTools,
  say: (channel: string, locale: 'en' | 'ja') => Promise<unknown>,
): Promise<void> {
  const person = tools.people.configured(to)
  const user = person?.slack
  if (!person || !user) return
  await tolerating(nobody, async () => {
    const channel = (await tools.reference(keys.talk(user))) ?? (await tools.call('conversations.open', { users: user })).channel.id
    await tools.refer({ [keys.talk(user)]: channel })
    await say(channel, person.locale)
  })
}

/** What concerns one person of the duty, told to them alone. */
export const dutyDm = defineSlackOp('duty-dm', {
  essential: false,
  run: ({ to, event }, tools) =>
    talkTo(to, tools, async (channel, locale) => {
      const said: Said | null = dutyWhisper(event, to, locale, tools)
      if (said) await tools.post(keys.dm(event.seq, to), { channel, thread: null }, () => said)
    }),
})
