import { expect, test } from 'vitest'
import { openWorkspace } from '../../test/slack/workspace.ts'
import { openHouse } from '../../test/slack-house.ts'

test('however long Slack was away, what waited follows within seconds', async () => {
  const workspace = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }] })
  const house = await openHouse(workspace, ['aki', 'ben', 'chika'], {})
  try {
    workspace.down = true
    house.start()
    const { id } = await house.pull('polaris drops sessions')
    // By now the next try of its own would be a minute away (1.2 s of the fast clock).
    await workspace.until(() => workspace.count('conversations.create') >= 7, 10_000)
    workspace.down = false
    await workspace.until(async () => (await house.desk.get(id))?.room, 600)
    await house.idle()
    expect((await house.desk.get(id))?.room?.kind).toBe('room')
  } finally {
    await house.close()
    await workspace.close()
  }
})
