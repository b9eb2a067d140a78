import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openMoto } from '../moto.ts'
import { testCredentials } from '../sources.ts'
import { accountPiece } from './account.ts'
import { command } from './command.ts'
import { databasesPiece } from './databases.ts'
import { type Front, openFront } from './front.ts'
import { functionsPiece } from './functions.ts'
import { machinesPiece } from './machines.ts'
import { networkPiece } from './network.ts'
import { openPlatform } from './platform.ts'
import { queuesPiece } from './queues.ts'
import { type Expected, type Piece, type Seeding, seedingOf } from './seeding.ts'
import { nothingTold } from './told.ts'

/** A company of which every check of every guardian has something to say. */
export interface World {
  front: Front
  /** What a person sets to look at it. */
  environment: Readonly<Record<string, string>>
  /** Holds the configuration and the data folder; it goes with the world. */
  folder: string
  config: string
  /** What a scan has to find, check by check. */
  expected: Expected[]
  close(): Promise<void>
}

const pieces: readonly Piece[] = [machinesPiece, networkPiece, functionsPiece, queuesPiece, databasesPiece, accountPiece]

/** Old things are told as between so many days old. */
const age = { oldestDays: 420, youngestDays: 100 }

export async function openWorld(): Promise<World> {
  const moto = await openMoto()
  const opened: { close(): Promise<void> }[] = [moto]
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-world-'))
  const close = async () => {
    for (const one of opened.toReversed()) await one.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const told = nothingTold()
    const front = await openFront(moto.url, told)
    opened.push(front)
    const platform = await openPlatform()
    opened.push(platform)
    const seeding = seedingOf(moto, told)
    await seed(seeding, front)
    await seeding.measured()
    const config = join(folder, 'jidoka.config.json')
    writeFileSync(config, JSON.stringify(platform.config, null, 2))
    const environment = {
      ...{ AWS_ENDPOINT_URL: front.url, AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_ACCESS_KEY_ID: testCredentials.accessKeyId, AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey },
      JIDOKA_DATA: join(folder, 'data'),
    }
    // Yesterday's scan: it remembers what was in the stores.
    const yesterday = await command(
      ['guardians', 'run', 'consistency', '--json', '--config', config],
      { ...environment, HOME: folder },
      folder,
    )
    if (yesterday.code !== 0) throw new Error(`the scan of yesterday failed: ${yesterday.err}`)
    platform.loseContracts()
    return {
      ...{ front, environment, folder, config, close },
      expected: [...pieces.flatMap((piece) => piece.expected(seeding)), ...platform.expected],
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** First what is old, then what is new. A moment is told in whole seconds by some services: the two parts must not share one. */
async function seed(seeding: Seeding, front: Front): Promise<void> {
  const fromMs = Date.now()
  for (const piece of pieces) await piece.past?.(seeding)
  const untilMs = Date.now()
  front.age({ fromMs, untilMs, ...age })
  await wait(1_001 - (untilMs % 1_000))
  for (const piece of pieces) await piece.today?.(seeding)
}
