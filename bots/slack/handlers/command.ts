import { wordsOf } from '../../andon/words.ts'
import { said } from '../blocks/escape.ts'
import { helpOf, listOf } from '../blocks/help.ts'
import { defineSlackHandler, type Incoming, type Surface } from '../define.ts'
import { actOrAsk, knownOf, openPull, plainMessage, tellRefusal } from './act.ts'
import { plainOf } from './plain.ts'
import { pullNameWithinMs, pullNow } from './pulling.ts'
import { hear } from './speak.ts'
import { readSpoken } from './spoken.ts'
import { andonAt } from './where.ts'

/** `/andon`: without words a modal with one field, with words a pull at once; in the room of an andon its commands as words. */
export const command = defineSlackHandler('command', {
  kind: 'command',
  match: '/andon',
  scopes: ['commands'],
  events: [],
  help: 'Something looks wrong? Pull the andon',
  async run(incoming, surface) {
    const { text, channel_id: channel } = incoming.body
    const words = text.trim()
    if (words === '') {
      await incoming.ack()
      if (await incoming.first()) await openPull(surface, { incoming, actor: (await knownOf(surface, incoming)).actor, channel })
      return
    }
    if (/^(help|list)$/i.test(words)) return tell(incoming, surface, words.toLowerCase())
    const andon = await andonAt(surface, channel).catch(() => null)
    if (andon && (await inRoom(incoming, surface, andon.id))) return
    const stray = andon ? null : readSpoken(words)
    if (stray?.what.sure) return notHere(incoming, surface)
    await pull(incoming, surface)
  },
})

type Command = Incoming<'command'>

async function tell(incoming: Command, surface: Surface, what: string): Promise<void> {
  const { actor } = await knownOf(surface, incoming)
  if (what === 'help') return incoming.ack(helpOf(actor.locale))
  await incoming.ack(await listOf(surface, actor))
}

async function pull(incoming: Command, surface: Surface): Promise<void> {
  const { text } = incoming.body
  const known = await knownOf(surface, incoming, pullNameWithinMs)
  try {
    const { answer } = await pullNow(surface, { text, known, key: incoming.key })
    await incoming.ack(answer)
  } catch (error) {
    await tellRefusal(surface, incoming, known, error, plainOf(text, surface.who.nameOf))
  }
}

/** False: these words mean nothing here. */
async function inRoom(incoming: Command, surface: Surface, id: string): Promise<boolean> {
  const { text, channel_id: channel } = incoming.body
  const andon = await surface.desk.get(id)
  const heard = andon && (await hear(surface, text, andon))
  if (!andon || !heard) return false
  await incoming.ack()
  if (!(await incoming.first())) return true
  const known = await knownOf(surface, incoming)
  try {
    const answer = await actOrAsk(surface, { incoming, actor: known.actor, channel }, heard.command, andon, { id }, heard.input)
    if (answer) await incoming.tell(plainMessage(said(answer)))
  } catch (error) {
    await tellRefusal(surface, incoming, known, error, heard.wrote)
  }
  return true
}

/** A command without its room: nothing was meant as a pull, so nobody is called, and nothing is lost. */
async function notHere(incoming: Command, surface: Surface): Promise<void> {
  const { actor } = await knownOf(surface, incoming)
  const { errors } = wordsOf(actor.locale)
  const wrote = errors.youWrote(said(plainOf(incoming.body.text, surface.who.nameOf), 2_000))
  const open = await listOf(surface, actor)
  const text = [errors.notARoom, errors.nothingChanged, wrote].join('\n')
  await incoming.ack({ text, blocks: [...plainMessage(text).blocks, ...open.blocks] })
}
