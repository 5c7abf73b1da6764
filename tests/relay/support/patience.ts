import { vi } from 'vitest'

/** Long enough for a machine that does twenty other things: no verdict here is about time. */
const PATIENCE = 60_000

vi.setConfig({ testTimeout: PATIENCE, hookTimeout: PATIENCE })
