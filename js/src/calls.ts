import type { HeadersOption } from "./headers.js";

/** Limits of time, in milliseconds. What is left out keeps the client's value. */
export interface Timeouts {
  /** Limits one request and its response. The default is 20 seconds. */
  attemptMs?: number;
  /** Limits the whole call, with tokens, retries and the waits between them. The default is 60 seconds. */
  operationMs?: number;
}

/** Says how transient failures are retried. What is left out keeps the client's value. */
export interface RetryPolicy {
  maxAttempts?: number;
  initialBackoffMs?: number;
  maxBackoffMs?: number;
  /** Limits how long a `Retry-After` of the service is waited for. */
  maxRetryAfterMs?: number;
}

/** Holds the options of one call. */
export interface CallOptions {
  /** Aborts the call. The error's `outcome` says whether the service may have carried it out. */
  signal?: AbortSignal;
  timeouts?: Timeouts;
  /** `false` makes one attempt only. */
  retry?: false | RetryPolicy;
  /** Adds headers to the request: an object, a `Headers`, or pairs of a name and a value. */
  headers?: HeadersOption;
}

/** Holds one page of a list. */
export interface Page<Item> {
  items: Item[];
  /** Continues the list if it is passed as `startAfterId`. It is missing on the last page. */
  cursor?: string;
}

/**
 * Is a call that is sent once it is awaited.
 *
 * Awaiting it again returns the same result without another request. A call that is never awaited is never sent.
 */
export class Call<T> implements PromiseLike<T> {
  readonly #send: () => Promise<T>;
  #result: Promise<T> | undefined;

  /** @internal */
  constructor(send: () => Promise<T>) {
    this.#send = send;
  }

  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#result ??= this.#send();
    return this.#result.then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then().finally(onFinally);
  }
}

/**
 * Is the call of a list. Awaiting it returns one page, or an array if no response of the operation has a cursor.
 *
 * `for await` reads all items over all pages, and each loop reads them again. `pages()` returns the pages instead.
 */
export class ListCall<T, Item> extends Call<T> implements AsyncIterable<Item> {
  readonly #pages: () => AsyncIterable<Page<Item>>;

  /** @internal */
  constructor(send: () => Promise<T>, pages: () => AsyncIterable<Page<Item>>) {
    super(send);
    this.#pages = pages;
  }

  /** Returns the pages of the list. Each is a request with an operation timeout of its own. */
  pages(): AsyncIterable<Page<Item>> {
    return this.#pages();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Item> {
    for await (const page of this.#pages()) yield* page.items;
  }
}
