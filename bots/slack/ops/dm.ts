import { wordsOf } from '../../andon/words.ts'
import { slackIdOf } from '../blocks/form.ts'
import { lineOf } from '../blocks/line.ts'
import { lateText } from '../late.ts'
import { keys } from '../message.ts'
import { defineSlackOp, tolerating } from './define.ts'
import { linkTo } from './room.ts'

/** Tells one person, in their own language, with the way to the room. */
export const dm = defineSlackOp('dm', {
  essential: false,
  async run({ andon: id, to, event }, tools) {
    const user = slackIdOf({ id: to, name: to }, tools.people)
    const andon = await tools.andon(id)
    if (!user || !andon) return
    const locale = tools.people.configured(to)?.locale ?? andon.locale
    const said = lineOf(event, { locale })
    if (!said) return
    // Who has left, or is a bot, has nothing to be told.
    await tolerating(['user_not_found', 'user_disabled', 'cannot_dm_bot', 'user_not_visible'], async () => {
      const channel = (await tools.reference(keys.talk(user))) ?? (await tools.call('conversations.open', { users: user })).channel.id
      await tools.refer({ [keys.talk(user)]: channel })
      const room = (await tools.reference(keys.room(id)))?.split('/')
      const way = room && room[0] !== 'none' ? ` <${linkTo(room[0] as string, room[1] ?? null, tools)}|${andon.room?.name ?? id}>` : ''
      await tools.post(keys.dm(event.seq, to), { channel, thread: null }, () => {
        const late = lateText(event.at, tools.now(), locale)
        const drill = andon.drill ? `🧪 ${wordsOf(locale).card.drill} · ` : ''
        return { text: `${drill}${said.text}${way}${late ? `\n_${late}_` : ''}` }
      })
    })
  },
})
