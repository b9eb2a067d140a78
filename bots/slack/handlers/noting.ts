import type { Actor, Andon } from '../../andon/andon.ts'
import type { SlackFile, SlackMessage } from '../calls.ts'
import type { Surface } from '../define.ts'
import { plainOf } from './plain.ts'
import { claimNote, refOf } from './where.ts'

interface Noting {
  andon: Andon
  /** Who wants it on the timeline. */
  actor: Actor
  channel: string
  message: SlackMessage
}

/** Puts a message of the chat on the timeline, once: who wrote it and when, its words, a link to it, its files. */
export async function noteMessage(surface: Surface, { andon, actor, channel, message }: Noting): Promise<void> {
  const { desk, who } = surface
  if (!(await claimNote(surface, andon, channel, message.ts))) return
  const author = message.user ? (await who.of({ id: message.user })).actor : null
  const files = await kept(surface, andon, message.files ?? [])
  const words = plainOf(message.text ?? '', who.nameOf)
  const link = linkTo(surface, channel, message)
  const text = [author && author.id !== actor.id ? `${author.name}: ${words}` : words, ...(link ? [link] : [])].join('\n')
  const at = Math.floor(Number(message.ts) * 1_000)
  await desk.command(andon.id, 'note', { text, at, ref: refOf(channel, message.ts), files }, actor)
}

/** A file that cannot be kept is no reason to lose the words. */
async function kept({ keepFiles, log }: Surface, andon: Andon, files: readonly SlackFile[]) {
  if (files.length === 0 || !keepFiles) return []
  return keepFiles(andon, files).catch((error: unknown) => {
    log.warn({ andon: andon.id, err: error }, 'files of a pinned message could not be kept')
    return []
  })
}

/** Written as Slack writes it: asking for it would fail wherever the bot is not a member. */
function linkTo({ self }: Surface, channel: string, { ts, thread_ts }: SlackMessage): string | null {
  const url = self()?.url
  if (!url) return null
  const thread = thread_ts && thread_ts !== ts ? `?thread_ts=${thread_ts}&cid=${channel}` : ''
  return `${url.replace(/\/$/, '')}/archives/${channel}/p${ts.replace('.', '')}${thread}`
}
