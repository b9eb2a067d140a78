import { generatedAccount } from '../aws/generated.ts'
import { openRecorded } from '../aws/recorded.ts'

/** An account of the size that the arguments say (volumes, snapshots, log groups), in a process of its own. Tells its address. */
const [volumes = 0, snapshots = 0, logGroups = 0] = process.argv.slice(2).map(Number)
const account = await openRecorded(generatedAccount({ volumes, snapshots, logGroups, now: Date.now() }))
// What it was asked is kept for tests; a bench would fill its memory.
setInterval(() => account.calls.splice(0), 100)
process.send?.(account.url)
process.on('disconnect', () => process.exit(0))
