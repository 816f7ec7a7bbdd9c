//! The same call through `unloc`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let unloc = unloc::Unloc::from_env()?;
    println!("{:?}", unloc.get_lock_holders().send().await?.into_inner());
    Ok(())
}
