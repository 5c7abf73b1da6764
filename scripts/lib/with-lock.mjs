import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pid } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'

const POLL_INTERVAL = 100 // milliseconds

/**
 * Runs `work` while no other process on this machine holds the same lock. The lock is a folder
 * (making one either succeeds or fails, for everyone alike) with the owner's process id inside, so
 * that a lock whose owner was killed is taken over.
 *
 * @template T
 * @param {string} folder - The lock's own path; the folder above it is made when missing.
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, work) {
  mkdirSync(join(folder, '..'), { recursive: true })
  while (!take(folder)) {
    if (ownerIsGone(folder)) discard(folder)
    else await wait(POLL_INTERVAL)
  }
  try {
    return await work()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} folder */
function take(folder) {
  // The owner's id must be inside from the first moment, so the folder is filled before it is
  // moved to its place; moving onto a folder that is not empty fails.
  const own = `${folder}.${pid}-${Math.random().toString(36).slice(2)}`
  mkdirSync(own)
  writeFileSync(join(own, 'pid'), String(pid))
  try {
    renameSync(own, folder)
    return true
  } catch {
    rmSync(own, { recursive: true, force: true })
    return false
  }
}

/** @param {string} folder */
function ownerIsGone(folder) {
  try {
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0)
    return false
  } catch (thrown) {
    return /** @type {NodeJS.ErrnoException} */ (thrown).code === 'ESRCH'
  }
}

/**
 * Renaming first makes sure that of several who saw a dead owner only one removes the lock.
 *
 * @param {string} folder
 */
function discard(folder) {
  const dead = `${folder}.dead-${pid}-${Math.random().toString(36).slice(2)}`
  try {
    renameSync(folder, dead)
    rmSync(dead, { recursive: true, force: true })
  } catch {
    // Someone else was quicker.
  }
}
