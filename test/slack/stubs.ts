import { randomUUID } from 'node:crypto'
import type { Answer, Emulate } from './emulate.ts'
import type { Fields } from './types.ts'

/**
 * Methods that neither emulator has, kept in memory: user groups, canvases, and `users.conversations` (asked of emulate in another way).
 * Nothing here is a model of Slack beyond what the names say. `scope` is what a token needs.
 */
export interface UserGroup {
  id: string
  handle: string
  name: string
  users: string[]
  /** Epoch seconds of its deactivation; 0 when active. */
  date_delete: number
}

export interface Canvas {
  id: string
  title: string
  markdown: string
  channel?: string
}

interface Stub {
  scope: string
  run(args: Fields): Answer | Promise<Answer>
}

export type Stubs = ReturnType<typeof openStubs>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : text(value).split(',').filter(Boolean))
const fail = (error: string): Answer => ({ ok: false, error })
const newId = (letter: string) => `${letter}${randomUUID().replaceAll('-', '').slice(0, 10).toUpperCase()}`

export function openStubs(emulate: Emulate) {
  const groups = new Map<string, UserGroup>()
  const canvases = new Map<string, Canvas>()

  function addGroup(handle: string, users: string[], name = handle): UserGroup {
    const group = { id: newId('S'), handle, name, users, date_delete: 0 }
    groups.set(group.id, group)
    return group
  }
  const told = (group: UserGroup, withUsers: boolean) => {
    const { users, ...rest } = group
    return { ...rest, is_usergroup: true, user_count: users.length, ...(withUsers ? { users } : {}) }
  }
  const ofGroup = (change: (group: UserGroup, args: Fields) => Answer | undefined) => (args: Fields) => {
    const group = groups.get(text(args.usergroup))
    if (!group) return fail('no_such_subteam')
    return change(group, args) ?? { ok: true, usergroup: told(group, true) }
  }
  const handleTaken = (handle: string, but?: UserGroup) => [...groups.values()].some((other) => other !== but && other.handle === handle)

  const userGroups: Record<string, Stub> = {
    'usergroups.list': {
      scope: 'usergroups:read',
      run: ({ include_users, include_disabled }) => ({
        ok: true,
        usergroups: [...groups.values()]
          .filter(({ date_delete }) => date_delete === 0 || String(include_disabled) === 'true')
          .map((group) => told(group, String(include_users) === 'true')),
      }),
    },
    'usergroups.users.list': {
      scope: 'usergroups:read',
      run: ({ usergroup }) => {
        const group = groups.get(text(usergroup))
        return group ? { ok: true, users: group.users } : fail('no_such_subteam')
      },
    },
    'usergroups.users.update': {
      scope: 'usergroups:write',
      run: ofGroup((group, args) => {
        const users = list(args.users)
        // An active group cannot be emptied; the way out is to disable it.
        if (users.length === 0) return fail('no_users_provided')
        if (users.some((id) => ![...emulate.ids.values()].includes(id))) return fail('invalid_users')
        group.users = users
      }),
    },
    'usergroups.create': {
      scope: 'usergroups:write',
      run: ({ name, handle }) => {
        if (!text(name)) return fail('invalid_arguments')
        if (handleTaken(text(handle) || text(name))) return fail('handle_already_exists')
        return { ok: true, usergroup: told(addGroup(text(handle) || text(name), [], text(name)), true) }
      },
    },
    'usergroups.update': {
      scope: 'usergroups:write',
      run: ofGroup((group, args) => {
        if (text(args.handle) && handleTaken(text(args.handle), group)) return fail('handle_already_exists')
        group.name = text(args.name) || group.name
        group.handle = text(args.handle) || group.handle
      }),
    },
    'usergroups.disable': {
      scope: 'usergroups:write',
      run: ofGroup((group) => {
        if (group.date_delete > 0) return fail('subteam_already_disabled')
        group.date_delete = Math.floor(Date.now() / 1000)
      }),
    },
    'usergroups.enable': {
      scope: 'usergroups:write',
      run: ofGroup((group) => {
        group.date_delete = 0
      }),
    },
  }

  const markdownOf = (value: unknown) => text((value as { markdown?: string } | undefined)?.markdown)
  function addCanvas(args: Fields): Answer {
    const canvas: Canvas = { id: newId('F'), title: text(args.title), markdown: markdownOf(args.document_content) }
    const channel = text(args.channel_id)
    if (channel) canvas.channel = channel
    canvases.set(canvas.id, canvas)
    return { ok: true, canvas_id: canvas.id }
  }
  const edits: Record<string, (was: string, added: string) => string> = {
    insert_at_end: (was, added) => `${was}\n${added}`,
    insert_at_start: (was, added) => `${added}\n${was}`,
    replace: (_was, added) => added,
  }
  const canvasMethods: Record<string, Stub> = {
    'canvases.create': { scope: 'canvases:write', run: addCanvas },
    'conversations.canvases.create': {
      scope: 'canvases:write',
      run: (args) =>
        [...canvases.values()].some(({ channel }) => channel === args.channel_id) ? fail('channel_canvas_already_exists') : addCanvas(args),
    },
    'canvases.edit': {
      scope: 'canvases:write',
      run: (args) => {
        const canvas = canvases.get(text(args.canvas_id))
        if (!canvas) return fail('canvas_not_found')
        for (const { operation, document_content } of args.changes as { operation: string; document_content?: unknown }[]) {
          const edit = edits[operation]
          if (!edit) return fail('invalid_arguments')
          canvas.markdown = edit(canvas.markdown, markdownOf(document_content))
        }
        return { ok: true }
      },
    },
    'canvases.delete': {
      scope: 'canvases:write',
      run: ({ canvas_id }) => (canvases.delete(text(canvas_id)) ? { ok: true } : fail('canvas_not_found')),
    },
  }

  async function conversationsOf(args: Fields): Promise<Answer> {
    const { types, exclude_archived, cursor, limit } = args
    const listed = await emulate.ask('bot', 'conversations.list', { types: types ?? 'public_channel', exclude_archived, cursor, limit })
    if (!listed.ok) return listed
    const user = text(args.user) || (emulate.ids.get('jidoka') ?? '')
    const kept: Fields[] = []
    for (const channel of listed.channels as Fields[]) {
      const { members } = await emulate.ask('bot', 'conversations.members', { channel: channel.id })
      if ((members as string[] | undefined)?.includes(user)) kept.push(channel)
    }
    return { ...listed, channels: kept }
  }

  const methods: Record<string, Stub> = {
    ...userGroups,
    ...canvasMethods,
    'users.conversations': { scope: 'channels:read', run: conversationsOf },
  }
  return { methods, groups, canvases, addGroup }
}
