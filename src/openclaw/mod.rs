//! The domain: configurations, instances and what OpenClaw will read.

pub mod blueprint;
pub mod configuration;
pub mod credentials;
mod declared_secrets;
mod delivered_variables;
pub mod documents;
pub mod enabling;
pub mod endpoints;
pub mod environment;
pub mod evaluated;
pub mod from_nix;
pub mod given_file;
pub mod include;
pub mod json;
pub mod model_reference;
pub mod module_options;
pub mod needed_files;
pub mod option_roots;
pub mod option_types;
pub mod path;
pub mod placeholders;
pub mod problem;
mod process_variables;
pub mod providers;
pub mod references;
pub mod render;
pub mod rendered;
pub mod replaced_config;
pub mod route;
pub mod schema_check;
pub mod secret_patterns;
pub mod secret_providers;
mod store_secrets;
#[doc(hidden)]
pub mod testing;
pub mod tree;
mod written_json;
