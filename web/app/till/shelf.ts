/** Where a till keeps what it must not forget: things by name, each changed in one go. */
export interface Shelf {
  read(name: string): Promise<unknown>
  /** Puts in its place what `change` makes of what lies there; durable when this resolves. `change` may not wait. */
  change<Kept>(name: string, change: (kept: unknown) => Kept): Promise<Kept>
}

const DATABASE = 'highstreet till'
const STORE = 'kept'

/** This browser's own shelf: it survives a reload, a crash and a day without power. */
export function deviceShelf(): Shelf {
  let opened: Promise<IDBDatabase> | null = null
  const database = (): Promise<IDBDatabase> => {
    opened ??= openDatabase().catch((problem: unknown) => {
      opened = null
      throw problem
    })
    return opened
  }
  return {
    read: async (name) => {
      const store = (await database()).transaction(STORE, 'readonly').objectStore(STORE)
      return await answered(store.get(name))
    },
    change: async (name, change) => {
      // strict: the disk has it, and not only the browser.
      const transaction = (await database()).transaction(STORE, 'readwrite', { durability: 'strict' })
      const done = finished(transaction)
      const store = transaction.objectStore(STORE)
      try {
        const kept = change(await answered(store.get(name)))
        store.put(kept, name)
        await done
        return kept
      } catch (problem) {
        done.catch(() => undefined)
        abort(transaction)
        throw problem
      }
    },
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const asked = indexedDB.open(DATABASE, 1)
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE)
  return answered(asked).then((database) => {
    // Another page of a newer till wants to change it: it is not to wait for this one.
    database.onversionchange = () => database.close()
    return database
  })
}

function answered<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('what was to be kept was not'))
  })
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort()
  } catch {
    // It is over already.
  }
}
