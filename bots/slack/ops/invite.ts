import type { AndonId } from '../../../core/ids.ts'
import { slackIdOf } from '../blocks/form.ts'
import { keys } from '../message.ts'
import { defineSlackOp, refusalOf, type SlackTools, SlackTrouble } from './define.ts'

/** Slack takes more at once; so few that one bad id among them is soon found. */
const chunkSize = 30
/** Who is there already, or is us. */
const fine = new Set(['already_in_channel', 'cant_invite_self'])

/** Asks people in. Who cannot be asked in is told on the timeline; the others come all the same. */
export const invite = defineSlackOp('invite', {
  essential: false,
  async run({ andon: id, refs }, tools) {
    const place = await tools.place(id)
    const andon = await tools.andon(id)
    if (!place || !andon) return
    if (place.thread === null) return inviteRefs(id, place.channel, refs, tools)
    const { users, problems } = await usersOf(refs, tools)
    // A thread has no members: naming people in it tells them.
    for (const [n, chunk] of chunksOf(users).entries())
      await tools.post(keys.invited(`${tools.dedupe}/${n}`), place, () => ({ text: chunk.map((user) => `<@${user}>`).join(' ') }))
    await tellOf(problems, id, tools)
  },
})

/** Into a channel. */
export async function inviteRefs(id: AndonId, channel: string, refs: readonly string[], tools: SlackTools): Promise<void> {
  const { users, problems } = await usersOf(refs, tools)
  for (const chunk of chunksOf(users)) problems.push(...(await inviteAll(channel, chunk, tools)))
  await tellOf(problems, id, tools)
}

async function tellOf(problems: readonly string[], id: AndonId, tools: SlackTools): Promise<void> {
  if (problems.length > 0) await tools.command(id, 'note', { text: `Not invited: ${problems.join('; ')}`.slice(0, 1_900) })
}

const chunksOf = (users: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(users.length / chunkSize) }, (_, n) => users.slice(n * chunkSize, (n + 1) * chunkSize))

/** Slack ids behind the references, each once, and what could not be found. */
async function usersOf(refs: readonly string[], tools: SlackTools) {
  const users = new Set<string>()
  const problems: string[] = []
  const add = (id: string) => {
    const slack = slackIdOf({ id, name: id }, tools.people)
    if (slack) users.add(slack)
    // Only of people: the house and tokens have no account.
    else if (tools.people.configured(id)) problems.push(`${tools.people.configured(id)?.name} has no Slack id in the configuration`)
  }
  for (const ref of refs) {
    if (!/^(person|schedule|team):/.test(ref)) add(ref)
    for (const id of /^(person|schedule|team):/.test(ref) ? await tools.onCall([ref]) : []) add(id)
    const group = tools.catalog.config.teams.find(({ id }) => ref === `team:${id}`)?.slackGroup
    if (group) for (const user of await membersOf(group, problems, tools)) users.add(user)
  }
  return { users: [...users], problems }
}

async function membersOf(group: string, problems: string[], tools: SlackTools): Promise<readonly string[]> {
  try {
    return (await tools.call('usergroups.users.list', { usergroup: group })).users
  } catch (error) {
    const refused = refusalOf(error)
    if (refused === null) throw error
    problems.push(`the user group ${group} (${refused})`)
    return []
  }
}

/** Invites all who can be; answers who could not, and why. */
async function inviteAll(channel: string, users: readonly string[], tools: SlackTools): Promise<string[]> {
  if (users.length === 0) return []
  try {
    const { errors = [] } = await tools.call('conversations.invite', { channel, users: users.join(','), force: true })
    return errors.filter(({ error }) => !fine.has(error)).map(({ user, error }) => `${nameOf(user, tools)} (${error})`)
  } catch (error) {
    if (!(error instanceof SlackTrouble) || error.trouble.kind !== 'refused') throw error
    const { error: word, errors } = error.trouble
    if (fine.has(word) && users.length === 1) return []
    if (ofTheRoom.has(word)) throw error
    if (users.length === 1) return [`${nameOf(users[0], tools)} (${word})`]
    const named = new Set(errors.flatMap(({ user }) => user ?? []))
    const good = users.filter((user) => !named.has(user))
    const told = errors.filter(({ error }) => !fine.has(error)).map(({ user, error }) => `${nameOf(user, tools)} (${error})`)
    // Slack says who; else one looks for the bad one by halves.
    if (named.size > 0 && good.length < users.length) return [...told, ...(await inviteAll(channel, good, tools))]
    const half = users.length >> 1
    return [...(await inviteAll(channel, users.slice(0, half), tools)), ...(await inviteAll(channel, users.slice(half), tools))]
  }
}

/** Not the fault of anybody who is invited. */
const ofTheRoom = new Set(['not_in_channel', 'is_archived', 'channel_not_found', 'missing_scope', 'not_allowed_token_type'])

/** As a timeline says it, which is read outside of Slack, too. */
const nameOf = (user: string | undefined, tools: SlackTools): string => tools.people.bySlack(user ?? '')?.name ?? user ?? 'somebody'
