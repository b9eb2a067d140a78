import { defineSlackOp } from './define.ts'

/** Sets the members of a user group, when they differ. Never to nobody: Slack refuses that, and somebody must be reached. */
export const group = defineSlackOp('group', {
  essential: false,
  async run({ group: id, users }, tools) {
    if (users.length === 0) return
    const { users: now } = await tools.call('usergroups.users.list', { usergroup: id })
    if (now.length === users.length && users.every((user) => now.includes(user))) return
    await tools.call('usergroups.users.update', { usergroup: id, users: users.join(',') })
  },
})
