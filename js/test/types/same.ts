// Compares types. Both sides are written out in full first, since names and interfaces do not count.

type Primitive = string | number | boolean | null | undefined | void;

/** Writes a type out. `Open` is set if the strings that an open enum does not list are left out. */
export type Plain<T, Open extends boolean> =
  | (T extends Primitive
      ? never
      : T extends readonly (infer Item)[]
        ? Plain<Item, Open>[]
        : T extends object
          ? { [Name in keyof T]: Plain<T[Name], Open> }
          : T)
  | (Open extends true ? Listed<Extract<T, Primitive>> : Extract<T, Primitive>);

/** Returns the strings that a union lists, or `string` if it lists none. */
type Listed<T> =
  | Exclude<T, string>
  | ([Extract<T, string>] extends [never]
      ? never
      : [Literal<T>] extends [never]
        ? string
        : Literal<T>);

type Literal<T> = T extends string ? (string extends T ? never : T) : never;

/** Leaves out what is null, as the SDK does in responses. */
export type Read<T> = T extends readonly (infer Item)[]
  ? Read<Item>[]
  : T extends object
    ? { [Name in keyof T as IsNullable<T[Name]> extends true ? never : Name]: Read<T[Name]> } & {
        [Name in keyof T as IsNullable<T[Name]> extends true ? Name : never]?: Read<
          Exclude<T[Name], null>
        >;
      }
    : T;

type IsNullable<T> = unknown extends T ? false : null extends T ? true : false;

/** Is the content of a part of a request, or nothing if there is no such part. */
export type Part<T> = [NonNullable<T>] extends [never] ? unknown : NonNullable<T>;

/** Is an object type without some of its properties. */
export type Without<T, Names extends string> = {
  [Name in keyof T as Exclude<Name, Names>]: T[Name];
};

/** Is `true` if two types are the same, with every `?` and every union. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Is the item of a list that a call iterates, or `never`. */
export type Item<T> = T extends AsyncIterable<infer Inner> ? Inner : never;
